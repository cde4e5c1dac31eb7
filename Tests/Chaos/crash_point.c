// Loaded before a process's own libraries, it ends that process with SIGKILL at its nth write to a journal, or makes the
// disk full from there on. So a test reaches every single write, which no watcher from outside could.
//
//   CRASH_AT   which write, from 1
//   CRASH_HOW  before: nothing of it is written · torn: half of it is · after: all of it is · full: it fails with ENOSPC
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_int writes;

static int is_journal(int descriptor) {
    static const char name[] = "/journal.jsonl";
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    size_t end = sizeof name - 1;
    return length >= (ssize_t)end && memcmp(path + length - end, name, end) == 0;
}

ssize_t write(int descriptor, const void *bytes, size_t size) {
    ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    const char *at = getenv("CRASH_AT"), *how = getenv("CRASH_HOW");
    if (!at || !how || !is_journal(descriptor)) return next(descriptor, bytes, size);
    int number = atomic_fetch_add(&writes, 1) + 1, wanted = atoi(at);
    if (strcmp(how, "full") == 0) {
        if (number < wanted) return next(descriptor, bytes, size);
        errno = ENOSPC;
        return -1;
    }
    if (number != wanted) return next(descriptor, bytes, size);
    if (strcmp(how, "torn") == 0) next(descriptor, bytes, size / 2);
    if (strcmp(how, "after") == 0) next(descriptor, bytes, size);
    kill(getpid(), SIGKILL);
    pause();
    return -1;
}

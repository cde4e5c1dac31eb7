// Loaded before a process's own libraries, it ends that process with SIGKILL at its nth write to a file, or makes the
// disk full from there on. So a test reaches every single write, which no watcher from outside could.
//
//   CRASH_IN   how the file's path ends; /journal.jsonl where it is not said
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

static int is_wanted(int descriptor) {
    const char *end = getenv("CRASH_IN");
    char link[64], path[PATH_MAX];
    if (!end) end = "/journal.jsonl";
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1), size = strlen(end);
    return length >= size && memcmp(path + length - size, end, size) == 0;
}

// What to do with a write: let it be done, let it fail, or end the process after so many of its bytes.
enum { DONE, FAILED, ENDED };
static int fate(int descriptor, size_t size, size_t *written) {
    const char *at = getenv("CRASH_AT"), *how = getenv("CRASH_HOW");
    if (!at || !how || !is_wanted(descriptor)) return DONE;
    int number = atomic_fetch_add(&writes, 1) + 1, wanted = atoi(at);
    if (strcmp(how, "full") == 0) return number < wanted ? DONE : FAILED;
    if (number != wanted) return DONE;
    *written = strcmp(how, "torn") == 0 ? size / 2 : strcmp(how, "after") == 0 ? size : 0;
    return ENDED;
}

static ssize_t no_space(void) {
    errno = ENOSPC;
    return -1;
}

static ssize_t end(void) {
    kill(getpid(), SIGKILL);
    pause();
    return -1;
}

ssize_t write(int descriptor, const void *bytes, size_t size) {
    ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    size_t some = 0;
    switch (fate(descriptor, size, &some)) {
    case FAILED: return no_space();
    case ENDED:
        if (some) next(descriptor, bytes, some);
        return end();
    }
    return next(descriptor, bytes, size);
}

// SQLite says where it writes.
ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t place) {
    ssize_t (*next)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    size_t some = 0;
    switch (fate(descriptor, size, &some)) {
    case FAILED: return no_space();
    case ENDED:
        if (some) next(descriptor, bytes, some, place);
        return end();
    }
    return next(descriptor, bytes, size, place);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t place) {
    return pwrite64(descriptor, bytes, size, place);
}

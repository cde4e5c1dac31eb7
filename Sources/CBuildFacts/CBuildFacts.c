#include "CBuildFacts.h"

/* In C, and in a file of its own, so that a new commit compiles nothing else anew. */
#define TEXT(...) #__VA_ARGS__
#define EXPANDED(...) TEXT(__VA_ARGS__)

#ifndef LABHOST_BUILD_VERSION
#define LABHOST_BUILD_VERSION
#endif
#ifndef LABHOST_BUILD_COMMIT
#define LABHOST_BUILD_COMMIT
#endif
#ifndef LABHOST_BUILD_DATE
#define LABHOST_BUILD_DATE
#endif

const char *labhost_build_version(void) { return EXPANDED(LABHOST_BUILD_VERSION); }
const char *labhost_build_commit(void) { return EXPANDED(LABHOST_BUILD_COMMIT); }
const char *labhost_build_date(void) { return EXPANDED(LABHOST_BUILD_DATE); }

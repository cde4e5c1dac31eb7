/// What the build was told of itself: the version by tag, the commit, and the commit's date. Empty is not known.
const char *_Nonnull labhost_build_version(void);
const char *_Nonnull labhost_build_commit(void);
const char *_Nonnull labhost_build_date(void);

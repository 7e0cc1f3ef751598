// What the C library has and Swift's module of it does not show: glibc declares renameat2 only for _GNU_SOURCE (man 2 renameat2).
#ifdef __linux__
int renameat2(int oldFolder, const char *oldPath, int newFolder, const char *newPath, unsigned int flags);
#endif

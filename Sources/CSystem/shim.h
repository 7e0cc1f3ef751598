// What the C library has and Swift's module of it does not show: glibc declares these only for _GNU_SOURCE (man 2 renameat2, sync_file_range).
#ifdef __linux__
int renameat2(int oldFolder, const char *oldPath, int newFolder, const char *newPath, unsigned int flags);
int sync_file_range(int file, long long offset, long long count, unsigned int flags);
#endif

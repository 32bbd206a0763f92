/* Loaded before the C library: has one write, sync or cut of the journal's files go wrong, the FAULT_AT-th of them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long done;

static int is_of_the_journal(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, "journal.sqlite") != NULL;
}

/* Tells whether this is the one. */
static int goes_wrong(int fd) {
    const char *at = getenv("FAULT_AT");
    if (!at || !is_of_the_journal(fd)) return 0;
    long number = atomic_fetch_add(&done, 1) + 1;
    if (number != atol(at) && !(number > atol(at) && getenv("FAULT_LASTS"))) return 0;
    int mark = open(getenv("FAULT_MARK"), O_CREAT | O_WRONLY, 0600);
    if (mark >= 0) close(mark);
    return 1;
}

static int fail(void) {
    const char *with = getenv("FAULT_WITH");
    if (strcmp(with, "exit") == 0) _exit(9);
    errno = strcmp(with, "full") == 0 ? ENOSPC : EIO;
    return -1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *bytes, size_t length) {
    if (!goes_wrong(fd)) return REAL(write)(fd, bytes, length);
    /* A part of it may have been written. */
    REAL(write)(fd, bytes, length / 2);
    return fail();
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    if (!goes_wrong(fd)) return REAL(pwrite)(fd, bytes, length, at);
    REAL(pwrite)(fd, bytes, length / 2, at);
    return fail();
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    if (!goes_wrong(fd)) return REAL(pwrite64)(fd, bytes, length, at);
    REAL(pwrite64)(fd, bytes, length / 2, at);
    return fail();
}

int fsync(int fd) { return goes_wrong(fd) ? fail() : REAL(fsync)(fd); }
int fdatasync(int fd) { return goes_wrong(fd) ? fail() : REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t length) { return goes_wrong(fd) ? fail() : REAL(ftruncate)(fd, length); }
int ftruncate64(int fd, off64_t length) { return goes_wrong(fd) ? fail() : REAL(ftruncate64)(fd, length); }

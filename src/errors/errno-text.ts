// SPDX-License-Identifier: Apache-2.0

// What strerror(3) says, in small letters as Go prints it: container engines match on several of these.
function texts(): Readonly<Record<string, string>> {
  return {
    EPERM: 'operation not permitted',
    ENOENT: 'no such file or directory',
    ESRCH: 'no such process',
    EIO: 'input/output error',
    ENXIO: 'no such device or address',
    E2BIG: 'argument list too long',
    ENOEXEC: 'exec format error',
    EBADF: 'bad file descriptor',
    EAGAIN: 'resource temporarily unavailable',
    ENOMEM: 'cannot allocate memory',
    EACCES: 'permission denied',
    EBUSY: 'device or resource busy',
    EEXIST: 'file exists',
    EXDEV: 'invalid cross-device link',
    ENODEV: 'no such device',
    ENOTDIR: 'not a directory',
    EISDIR: 'is a directory',
    EINVAL: 'invalid argument',
    ENFILE: 'too many open files in system',
    EMFILE: 'too many open files',
    ENOTTY: 'inappropriate ioctl for device',
    ETXTBSY: 'text file busy',
    EFBIG: 'file too large',
    ENOSPC: 'no space left on device',
    EROFS: 'read-only file system',
    EMLINK: 'too many links',
    EPIPE: 'broken pipe',
    ERANGE: 'numerical result out of range',
    ENAMETOOLONG: 'file name too long',
    ENOSYS: 'function not implemented',
    ENOTEMPTY: 'directory not empty',
    ELOOP: 'too many levels of symbolic links',
    EBADMSG: 'bad message',
    EOVERFLOW: 'value too large for defined data type',
    EUSERS: 'too many users',
    EOPNOTSUPP: 'operation not supported',
    EDQUOT: 'disk quota exceeded',
    ECONNREFUSED: 'connection refused',
    ECONNRESET: 'connection reset by peer',
    ELIBBAD: 'accessing a corrupted shared library',
  }
}

/** The usual words for an errno name, or the name itself. */
export function errnoText(errno: string): string {
  return texts()[errno] ?? errno
}

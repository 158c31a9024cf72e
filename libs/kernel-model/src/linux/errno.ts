/**
 * Error numbers, positive as in include/uapi/asm-generic/errno-base.h and errno.h (6.18): kernel code returns
 * `-EBUSY`. Complete for what the lab's code returns; values are the kernel's.
 */

/** Operation not permitted. */
export const EPERM = 1
/** No such file or directory. */
export const ENOENT = 2
/** No such process. */
export const ESRCH = 3
/** Argument list too long. */
export const E2BIG = 7
/** Bad file descriptor. */
export const EBADF = 9
/** Try again. */
export const EAGAIN = 11
/** Out of memory. */
export const ENOMEM = 12
/** Device or resource busy. */
export const EBUSY = 16
/** File exists. */
export const EEXIST = 17
/** Invalid argument. */
export const EINVAL = 22
/** Resource deadlock would occur. */
export const EDEADLK = 35
/** Operation not supported on transport endpoint. */
export const EOPNOTSUPP = 95
/** Connection timed out. */
export const ETIMEDOUT = 110

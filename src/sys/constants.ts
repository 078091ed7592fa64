// SPDX-License-Identifier: Apache-2.0
// Kernel and libc constants, grouped by header. native-shim/tests/abi_check.c asserts each of them. In the executable
// each stands where it is used (tools/build.ts).

export const FCNTL = {
  O_RDWR: 0o2,
  O_EXCL: 0o200,
  O_CLOEXEC: 0o2000000,
  O_PATH: 0o10000000,
  F_GETFD: 1,
  F_SETFD: 2,
  F_GETFL: 3,
  F_SETFL: 4,
  O_NONBLOCK: 0o4000,
  F_DUPFD_CLOEXEC: 1030,
  F_ADD_SEALS: 1033,
  F_GET_SEALS: 1034,
  F_SEAL_SEAL: 1,
  F_SEAL_SHRINK: 2,
  F_SEAL_GROW: 4,
  F_SEAL_WRITE: 8,
  FD_CLOEXEC: 1,
  LOCK_SH: 1,
  LOCK_EX: 2,
  LOCK_NB: 4,
  LOCK_UN: 8,
  AT_FDCWD: -100,
} as const

export const STAT = {
  AT_SYMLINK_NOFOLLOW: 0x100,
  AT_REMOVEDIR: 0x200,
  AT_EMPTY_PATH: 0x1000,
  STATX_BASIC_STATS: 0x7ff,
} as const

export const MEMFD = {
  MFD_CLOEXEC: 1,
  MFD_ALLOW_SEALING: 2,
  MFD_EXEC: 0x10,
} as const

export const SOCKET = {
  AF_UNIX: 1,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_RAW: 3,
  SOCK_SEQPACKET: 5,
  SOCK_CLOEXEC: 0o2000000,
  SOL_SOCKET: 1,
  SO_SNDTIMEO: 21,
  SCM_RIGHTS: 1,
  MSG_TRUNC: 0x20,
  MSG_DONTWAIT: 0x40,
  MSG_CTRUNC: 0x8,
  MSG_NOSIGNAL: 0x4000,
  MSG_CMSG_CLOEXEC: 0x40000000,
} as const

export const POLL = { POLLIN: 1, POLLPRI: 2, POLLOUT: 4, POLLERR: 8, POLLHUP: 16 } as const

export const SIGNAL = { SIG_BLOCK: 0, SIG_UNBLOCK: 1, SFD_CLOEXEC: 0o2000000, SFD_NONBLOCK: 0o4000 } as const

export const TERMINAL = {
  TCGETS: 0x5401,
  TCSETS: 0x5402,
  TIOCGPGRP: 0x540f,
  TIOCGWINSZ: 0x5413,
  TIOCSWINSZ: 0x5414,
  BRKINT: 0o2,
  IGNBRK: 0o1,
  PARMRK: 0o10,
  ISTRIP: 0o40,
  INLCR: 0o100,
  IGNCR: 0o200,
  ICRNL: 0o400,
  IXON: 0o2000,
  OPOST: 0o1,
  ONLCR: 0o4,
  CSIZE: 0o60,
  CS8: 0o60,
  PARENB: 0o400,
  ISIG: 0o1,
  ICANON: 0o2,
  ECHO: 0o10,
  ECHONL: 0o100,
  IEXTEN: 0o100000,
  VTIME: 5,
  VMIN: 6,
} as const

export const EVENTFD = { EFD_CLOEXEC: 0o2000000, EFD_NONBLOCK: 0o4000 } as const

export const WAIT = { WNOHANG: 1 } as const

export const PRCTL = { PR_SET_CHILD_SUBREAPER: 36 } as const

export const SPAWN = { POSIX_SPAWN_SETSIGDEF: 4, POSIX_SPAWN_SETSIGMASK: 8, POSIX_SPAWN_SETSID: 0x80 } as const

export const CLOSE_RANGE = { CLOSE_RANGE_CLOEXEC: 4 } as const

export const MOUNT = { MNT_DETACH: 2, UMOUNT_NOFOLLOW: 8 } as const

export const OPENAT2 = {
  RESOLVE_NO_XDEV: 1,
  RESOLVE_NO_MAGICLINKS: 2,
  RESOLVE_NO_SYMLINKS: 4,
  RESOLVE_BENEATH: 8,
  RESOLVE_IN_ROOT: 0x10,
} as const

export const NETLINK = {
  AF_NETLINK: 16,
  NETLINK_ROUTE: 0,
  SOL_NETLINK: 270,
  NETLINK_EXT_ACK: 11,
  NLM_F_REQUEST: 1,
  NLM_F_ACK: 4,
  NLM_F_DUMP: 0x300,
  NLM_F_EXCL: 0x200,
  NLM_F_CREATE: 0x400,
  NLM_F_CAPPED: 0x100,
  NLM_F_ACK_TLVS: 0x200,
  NLMSG_ERROR: 2,
  NLMSG_DONE: 3,
  NLMSGERR_ATTR_MSG: 1,
  RTM_NEWLINK: 16,
  RTM_GETLINK: 18,
  RTM_NEWADDR: 20,
  RTM_GETADDR: 22,
  RT_SCOPE_UNIVERSE: 0,
  IFLA_IFNAME: 3,
  IFLA_NET_NS_FD: 28,
  IFF_UP: 1,
  IFA_ADDRESS: 1,
  IFA_LOCAL: 2,
  IFA_BROADCAST: 4,
  IFA_FLAGS: 8,
  IFA_F_NODAD: 0x2,
  IFA_F_HOMEADDRESS: 0x10,
  IFA_F_PERMANENT: 0x80,
  IFA_F_MANAGETEMPADDR: 0x100,
  IFA_F_NOPREFIXROUTE: 0x200,
  IFA_F_MCAUTOJOIN: 0x400,
  CLONE_NEWNET: 0x40000000,
} as const

export const BPF = {
  BPF_PROG_LOAD: 5,
  BPF_PROG_ATTACH: 8,
  BPF_PROG_DETACH: 9,
  BPF_PROG_GET_FD_BY_ID: 13,
  BPF_PROG_QUERY: 16,
  BPF_PROG_TYPE_CGROUP_DEVICE: 15,
  BPF_CGROUP_DEVICE: 6,
  BPF_F_ALLOW_MULTI: 2,
  BPF_F_REPLACE: 4,
} as const

export const NSFS = { NS_GET_USERNS: 0xb701 } as const

/** Numbers of the system calls on x86-64, or on arm64. */
export function systemCallNumbers(arm64: boolean) {
  return {
    read: arm64 ? 63 : 0,
    write: arm64 ? 64 : 1,
    openat: arm64 ? 56 : 257,
    close: arm64 ? 57 : 3,
    statx: arm64 ? 291 : 332,
    mkdirat: arm64 ? 34 : 258,
    unlinkat: arm64 ? 35 : 263,
    renameat2: arm64 ? 276 : 316,
    readlinkat: arm64 ? 78 : 267,
    faccessat: arm64 ? 48 : 269,
    getdents64: arm64 ? 61 : 217,
    fchdir: arm64 ? 50 : 81,
    fchmod: arm64 ? 52 : 91,
    fchmodat: arm64 ? 53 : 268,
    fchownat: arm64 ? 54 : 260,
    getpgid: arm64 ? 155 : 121,
    ppoll: arm64 ? 73 : 271,
    pipe2: arm64 ? 59 : 293,
    eventfd2: arm64 ? 19 : 290,
    close_range: arm64 ? 436 : 436,
    socket: arm64 ? 198 : 41,
    connect: arm64 ? 203 : 42,
    sendmsg: arm64 ? 211 : 46,
    recvmsg: arm64 ? 212 : 47,
    bind: arm64 ? 200 : 49,
    listen: arm64 ? 201 : 50,
    setsockopt: arm64 ? 208 : 54,
    setns: arm64 ? 268 : 308,
    socketpair: arm64 ? 199 : 53,
    wait4: arm64 ? 260 : 61,
    rt_sigprocmask: arm64 ? 135 : 14,
    signalfd4: arm64 ? 74 : 289,
    kill: arm64 ? 129 : 62,
    fcntl: arm64 ? 25 : 72,
    flock: arm64 ? 32 : 73,
    ioctl: arm64 ? 29 : 16,
    prctl: arm64 ? 167 : 157,
    umount2: arm64 ? 39 : 166,
    accept4: arm64 ? 242 : 288,
    memfd_create: arm64 ? 279 : 319,
    bpf: arm64 ? 280 : 321,
    pidfd_send_signal: arm64 ? 424 : 424,
    pidfd_open: arm64 ? 434 : 434,
    openat2: arm64 ? 437 : 437,
    pidfd_getfd: arm64 ? 438 : 438,
  } as const
}

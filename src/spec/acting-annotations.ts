// SPDX-License-Identifier: Apache-2.0

/** Annotations that begin so are for the systemd cgroup driver; without it they have no effect, as in runc. */
export const SYSTEMD_PROPERTY = 'org.systemd.property.'

/**
 * Annotations of config.json that this build acts on; one that ends in a dot stands for all that begin with it. All
 * others are only kept for `state` and the hooks (features.md, potentiallyUnsafeConfigAnnotations).
 */
export const ACTING_ANNOTATIONS: readonly string[] = [SYSTEMD_PROPERTY]

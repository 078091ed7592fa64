// SPDX-License-Identifier: Apache-2.0
#ifndef PROBE_H
#define PROBE_H

// One observation, written as exactly one JSON value. `argument` is what follows the first colon of the item, or "".
typedef void item_function(const char *argument);

// One action: the program's whole life is in it. Returns the exit status.
typedef int act_function(int argc, char **argv);

item_function item_ids, item_caps, item_env, item_cwd, item_process, item_signals;
item_function item_limits, item_fds, item_nnp, item_oom, item_umask, item_tty;
item_function item_stat, item_follow, item_readlink, item_list, item_read, item_statfs;
item_function item_open, item_open_write, item_create, item_put, item_leave, item_label, item_mknod, item_exec, item_chdir_up;
item_function item_mounts, item_ns, item_hostname, item_time, item_personality;
item_function item_net, item_terminal, item_device_filters;
item_function item_keyring, item_scheduler, item_affinity, item_memory_policy;

act_function act_report;
act_function act_exit, act_kill_self, act_wait, act_trap, act_hang, act_eat, act_fork, act_swap, act_copy_input;
act_function act_family, act_bomb, act_churn, act_leave_thread;
act_function act_leak, act_keep_sockets, act_groups, act_owner, act_unshare, act_fill_keys, act_pin;
act_function act_receive, act_notified, act_notify;
act_function act_calls, act_thread_call, act_trapped_call, act_traced_call, act_call32, act_agent;
act_function act_receive_terminal, act_in_terminal;

#endif

// SPDX-License-Identifier: Apache-2.0
#include "json.h"
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_up(const char *name)
{
  struct ifreq request = { 0 };
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool up = fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0 && request.ifr_flags & IFF_UP;
  if (fd >= 0)
    close(fd);
  return up;
}

// Listens on 127.0.0.1 and connects to itself: 0 or the errno of the call that failed.
static int loopback_round_trip(void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int error = 0;
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1) ||
      getsockname(listener, (struct sockaddr *)&address, &length) ||
      connect(client, (struct sockaddr *)&address, length))
    error = errno;
  close(listener);
  close(client);
  return error;
}

void item_net(const char *argument)
{
  (void)argument;
  json_open('{');
  json_key("interfaces");
  json_open('{');
  struct if_nameindex *interfaces = if_nameindex();
  for (struct if_nameindex *each = interfaces; each && each->if_index; each++)
    json_member_bool(each->if_name, is_up(each->if_name));
  if (interfaces)
    if_freenameindex(interfaces);
  json_close('}');
  json_member_errno("loopback", loopback_round_trip());
  json_close('}');
}

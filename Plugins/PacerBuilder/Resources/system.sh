#!/bin/bash
# Settings of the system: limits, kernel, huge pages, time, and the agent through which everything else comes.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

packages chrony tar gzip xfsprogs util-linux procps-ng shadow-utils

put /etc/security/limits.d/90-labhost.conf <<'END'
# Brokers and bookies hold a file or a connection for everything they serve.
* soft nofile 1048576
* hard nofile 1048576
* soft nproc 65536
* hard nproc 65536
* soft memlock unlimited
* hard memlock unlimited
END

put /etc/systemd/system.conf.d/90-labhost.conf <<'END'
[Manager]
DefaultLimitNOFILE=1048576
DefaultLimitMEMLOCK=infinity
DefaultTasksMax=infinity
END

put /etc/sysctl.d/90-labhost.conf <<'END'
fs.file-max = 4194304
net.core.rmem_max = 16777216
net.core.wmem_max = 16777216
net.core.netdev_max_backlog = 30000
net.core.somaxconn = 8192
net.ipv4.tcp_rmem = 4096 131072 16777216
net.ipv4.tcp_wmem = 4096 131072 16777216
net.ipv4.tcp_max_syn_backlog = 8192
net.ipv4.ip_local_port_range = 1024 65535
net.ipv4.tcp_tw_reuse = 1
vm.max_map_count = 262144
vm.swappiness = 1
vm.dirty_ratio = 40
vm.dirty_background_ratio = 5
END
[[ $ROOT ]] || sysctl -q -p /etc/sysctl.d/90-labhost.conf || fail 'the kernel refuses a setting of 90-labhost.conf'

# Set at every boot: huge pages that the kernel makes by itself cost a JVM pauses.
put /etc/tmpfiles.d/90-labhost.conf <<'END'
w /sys/kernel/mm/transparent_hugepage/enabled - - - - never
w /sys/kernel/mm/transparent_hugepage/defrag - - - - never
END

systemctl enable chronyd.service || fail 'chronyd cannot be enabled'
systemctl enable amazon-ssm-agent.service || fail 'the image has no Systems Manager agent'

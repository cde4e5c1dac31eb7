[Unit]
Description=Apache BookKeeper
After=network-online.target
Wants=network-online.target

[Service]
Type=simple
User={{PULSAR_USER}}
Environment=PULSAR_LOG_LEVEL=info
Environment="PULSAR_MEM={{PULSAR_MEM}}"
Environment="PULSAR_GC={{PULSAR_GC}}"
Environment=PULSAR_BOOKKEEPER_CONF={{PULSAR_HOME}}/conf/bookkeeper.conf
WorkingDirectory={{PULSAR_HOME}}
ExecStart={{PULSAR_HOME}}/bin/pulsar bookie
Restart=on-failure
RestartSec=10
LimitNOFILE=1048576
SuccessExitStatus=143

[Install]
WantedBy=multi-user.target

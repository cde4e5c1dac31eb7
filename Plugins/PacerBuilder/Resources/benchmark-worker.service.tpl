[Unit]
Description=OpenMessaging Benchmark worker
After=network-online.target
Wants=network-online.target

[Service]
Type=simple
User=benchmark
Environment="HEAP_OPTS={{PULSAR_MEM}}"
WorkingDirectory=/opt/openmessaging-benchmark
ExecStart=/opt/openmessaging-benchmark/bin/benchmark-worker -p 8081 -sp 8082
Restart=on-failure
RestartSec=10

[Install]
WantedBy=multi-user.target

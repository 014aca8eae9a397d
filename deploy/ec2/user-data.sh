#!/bin/bash
# User data of a fresh EC2 host (Debian 12 or 13): Docker, a folder for the product, the
# nightly backup. It brings no secret and no image: docs/operations.md, "Install on EC2".
set -euxo pipefail

FOLDER=/srv/assurly
apt-get update
apt-get install -y --no-install-recommends ca-certificates curl openssl chrony
# Docker's own packages: the compose file wants 2.24 or later, Debian 12 has 1.29.
install -m 0755 -d /etc/apt/keyrings
curl -fsSL https://download.docker.com/linux/debian/gpg -o /etc/apt/keyrings/docker.asc
. /etc/os-release
echo "deb [signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/debian $VERSION_CODENAME stable" \
    >/etc/apt/sources.list.d/docker.list
apt-get update
apt-get install -y --no-install-recommends \
    docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin

# Containers' logs end up in files of a bounded size, and the daemon may be restarted under them.
mkdir -p /etc/docker
cat >/etc/docker/daemon.json <<'JSON'
{ "log-driver": "json-file", "log-opts": { "max-size": "20m", "max-file": "5" }, "live-restore": true }
JSON
systemctl enable --now docker chrony

install -d -m 0750 "$FOLDER"

cat >/etc/systemd/system/assurly-backup.service <<UNIT
[Unit]
Description=Backup of Assurly
Requires=docker.service
After=docker.service

[Service]
Type=oneshot
WorkingDirectory=$FOLDER
ExecStart=/usr/bin/docker compose --profile tools run --rm -T ops backup
ExecStart=/usr/bin/docker compose --profile tools run --rm -T ops backup prune
UNIT
cat >/etc/systemd/system/assurly-backup.timer <<'UNIT'
[Unit]
Description=Backup of Assurly, each night

[Timer]
OnCalendar=*-*-* 02:17:00 Europe/Paris
RandomizedDelaySec=600
Persistent=true

[Install]
WantedBy=timers.target
UNIT
systemctl daemon-reload
systemctl enable --now assurly-backup.timer

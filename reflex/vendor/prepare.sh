#!/usr/bin/env bash
# In the vendor's images: an account that is not root, and what it may write.
set -eu
useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin reflex
mkdir -p /heap.dump.dir /var/lib/reflex
chmod 0700 /heap.dump.dir /var/lib/reflex
cd /usr/local/tomcat
chown -R 10001 /heap.dump.dir /var/lib/reflex webapps logs temp work

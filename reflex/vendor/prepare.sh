#!/usr/bin/env bash
# In the vendor's images: an account that is not root, and no shutdown port.
set -eu
useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin reflex
mkdir -p /heap.dump.dir
chmod 0700 /heap.dump.dir
cd /usr/local/tomcat
sed -i 's/<Server port="8005"/<Server port="-1"/' conf/server.xml
chown -R 10001 /heap.dump.dir webapps logs temp work

#!/usr/bin/env bash
# Lays out a private CATALINA_BASE around the WARs, and what the modules need beside it. May be run again at any time: the
# state and the secrets that are there stay.
#
#   lay.sh PLACE WARS      PLACE/base (Tomcat's), PLACE/data (state), PLACE/secrets, PLACE/log
set -euo pipefail
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
PLACE=${1:?usage: lay.sh PLACE WARS}
WARS=${2:?usage: lay.sh PLACE WARS}
umask 077
rm -rf "$PLACE/base"
mkdir -p "$PLACE"/base/{conf/Catalina/localhost,lib,logs,temp,work,webapps} "$PLACE"/{data,secrets,log}
cp "$HERE"/conf/{server.xml,web.xml,logging.properties,catalina.properties} "$PLACE/base/conf/"
for module in ras-web dcs; do cp "$HERE/conf/internal-only.xml" "$PLACE/base/conf/Catalina/localhost/$module.xml"; done
cp "$WARS"/{cep-core,continue,dcs,ras-web}.war "$PLACE/base/webapps/"
for name in integration internal jwt callback data; do
    if [ ! -s "$PLACE/secrets/reflex_${name}_key" ]; then
        od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$PLACE/secrets/reflex_${name}_key"
    fi
done

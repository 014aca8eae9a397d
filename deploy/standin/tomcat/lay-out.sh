#!/usr/bin/env bash
# lay-out.sh ROOT: puts Debian's Tomcat where the official image has it, in the root
# tree ROOT. Used in tests of the deployment only.
set -euo pipefail
ROOT=$1
HOME_=$ROOT/usr/local/tomcat
mkdir -p "$HOME_"/{lib,logs,temp,webapps,work}
# Debian links into other packages: what a link points at is what is wanted, and some
# links are absolute, so that they hold only inside the tree.
chroot "$ROOT" sh -eu -c '
    cd /usr/local/tomcat
    cp -rL /usr/share/tomcat10/bin /usr/share/tomcat10/skel/conf .
    cp -L /usr/share/tomcat10/lib/*.jar lib/
    chmod -R go+rX .
'

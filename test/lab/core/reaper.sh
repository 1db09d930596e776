#!/bin/sh
# Kills the servers of a test process that died without stopping them.
# It reads "watch GROUP" and "forget GROUP" lines; the end of its input means that the test process is gone.
trap '' INT TERM HUP
groups=' '
while read -r verb group; do
  case $verb in
    watch) groups="$groups$group " ;;
    forget) groups="${groups%% "$group" *} ${groups#* "$group" }" ;;
  esac
done
for group in $groups; do
  kill -s KILL -- "-$group" 2>/dev/null
done
exit 0

# shellcheck shell=bash disable=SC2034
BOOKIE_MEM=${BOOKIE_MEM:-"-Xms2g -Xmx2g -XX:MaxDirectMemorySize=2g"}
BOOKIE_GC=${BOOKIE_GC:-"-XX:+UseZGC"}

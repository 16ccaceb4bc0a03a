#!/usr/bin/env bash
# Streams a result of 1 GB from `artisan fake`, over loopback, as CSV, as NDJSON and as the original document. Prints the
# program's peak memory, which must stay under 30 MB. Writes to stdout, so no disk is needed; and also to a file, if the
# arguments name a directory with room for 2 GB.
#
#     cli/tests/one_gigabyte.sh [size, as in 1GB [directory]]
#
# Needs Linux: the peak is VmHWM in /proc/<process>/status. It only grows, and is read until the program ends.
set -euo pipefail
cd "$(dirname "$0")/../.."
size=${1:-1GB} directory=${2:-} most=30000 # kB
job=5584566b7d891ce0ab000001

cargo build --release --quiet --locked -p useartisan-cli
artisan=${CARGO_TARGET_DIR:-target}/release/artisan

coproc "$artisan" fake --port 0 --result-size "$size"
trap 'kill "$COPROC_PID"' EXIT
while read -r line <&"${COPROC[0]}" && [[ $line != export* ]]; do :; done
eval "$line" # the address and the fake's keys

# Runs the program to its end, and prints its peak memory and its time.
measure() {
    local name=$1 peak=0 start=$EPOCHREALTIME now
    shift
    "$artisan" download-job "$job" "$@" >"$out" &
    local process=$!
    while now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB$/\1/p' "/proc/$process/status" 2>/dev/null) && [ -n "$now" ]; do
        peak=$now
        sleep 0.02
    done
    wait "$process"
    local end=$EPOCHREALTIME
    printf '%-7s %-7s %5d kB at most  %5d ms\n' "$name" "${directory:+file}" "$peak" \
        $(((${end/[.,]/} - ${start/[.,]/}) / 1000))
    [ "$peak" -gt 0 ] && [ "$peak" -lt "$most" ]
}

echo "$size of profiles to"
for format in csv ndjson json; do
    out=/dev/null directory= measure "$format" --format "$format"
    if [ -n "$directory" ]; then
        out=/dev/null measure "$format" --format "$format" -f "$directory/result.$format"
        ls -l "$directory/result.$format"
        rm "$directory/result.$format"
    fi
done

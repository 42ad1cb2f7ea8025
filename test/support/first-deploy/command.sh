#!/bin/bash
# Stands for every command of docs/first-deploy.md: hands its words and its input to the test, and does what the test answers.
input=
for word in "$@"; do
  [ "$word" != file:///dev/stdin ] || input=$(cat)
done
[ "${0##*/}" != kafka-console-producer.sh ] || input=$(cat)
exec 3<> "/dev/tcp/127.0.0.1/$PAGE_PORT"
printf '%s\0' "$PAGE_BLOCK" "$input" "${0##*/}" "$@" $'\x04' >&3
read -r code <&3
cat <&3
exit "$code"

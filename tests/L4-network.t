#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Networks, by cable and by bridge; and a Launcher that has given up root.
. "${0%/*}/prog/lib.sh"
build_programs
build_more station terminal
build_stranger
machine --smp 2 --cpu max --modprobe tun --modprobe bridge -- net root
done_testing

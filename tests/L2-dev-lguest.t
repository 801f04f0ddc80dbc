#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# L2: whoever has the file asks for what he likes, at any time, on one CPU and two.
. "${0%/*}/prog/lib.sh"

# What it is about, the words for devlguest.c (see its --help), what it prints.
cat > "$tmp/table" <<'END'
an interrupt|open init=speak irq=0 irq=31 read|16 0 0 0x3000
interrupts that there are not|open init=speak irq=32 irq=0x80000000 irq=0xffffffff read|16 EINVAL EINVAL EINVAL 0x3000
nothing is asked of no Guest|open irq=1 break=1 break=0 eventfd=0x3000|EINVAL EINVAL EINVAL EINVAL
too few words for a request|open init=speak write=2 write=3 write=4 write=4,0x3000 bytes=7 write=2,1 bytes=11 write=4,1,1|16 EINVAL EINVAL EINVAL EINVAL EINVAL EINVAL
more words than a request needs|open init=speak write=2,1,9,9 write=3,0,9 read|16 0 0 0x3000
a break that is neither on nor off|open init=speak break=2 break=0xffffffff read|16 EINVAL EINVAL 0x3000
a release of nothing|open init=speak break=0 break=0 read|16 0 0 0x3000
a break before the Guest has run|open init=speak breaker read read break=0 breakers read|16 EAGAIN EAGAIN 0 0 0x3000
a break after it has run|open init=speak read breaker read read break=0 breakers read|16 0x3000 EAGAIN EAGAIN 0 0 0x3001
a break again and again|open init=speak breaker break=0 breakers breaker read break=0 breakers breaker read break=0 breakers read|16 0 0 EAGAIN 0 0 EAGAIN 0 0 0x3000
a break of a Guest that never comes back|open init=loop breaker=soon read break=0 breakers breaker=soon read break=0 breakers|16 EAGAIN 0 0 EAGAIN 0 0
three in a break, one release|open init=speak breaker breaker breaker read break=0 read breakers|16 EAGAIN 0 0x3000 0 0 0
in a break, and a signal|open init=speak breaker read signal breakers read|16 EAGAIN EINTR 0x3000
one of two gets a signal, the other stays|open init=speak breaker breaker signal read break=0 breakers read|16 EAGAIN 0 0 EINTR 0x3000
in a break, a signal, and again|open init=speak breaker read signal=restart read break=0 breakers read|16 EAGAIN EAGAIN 0 0 0x3000
a child in a break is killed|open init=speak child read read kill read|16 EAGAIN EAGAIN 0x3000
a child in a break is killed, a thread stays|open init=speak child breaker read kill read break=0 breakers read|16 EAGAIN EAGAIN 0 0 0x3000
the owner itself in a break|open init=speak myself read|16 0 0x3000
a release from another thread|open init=speak breaker thread break=0 breakers|16 0 0
a release from another process|open init=speak fork break=0|16 0
requests from another thread|open init=speak thread irq=1 break=0 eventfd=0x3000|16 0 0 0
requests from another process|open init=speak fork irq=1 break=0 eventfd=0x3000 read|16 0 0 0 EPERM
requests from another program|open init=speak exec irq=1 break=0 eventfd=0x3000 read|16/0 0 0 EPERM
the owner has gone, a child stays|open init=speak read orphan read irq=1 break=0 eventfd=0x3000 init=speak|16 0x3000 EPERM 0 0 0 EBUSY
the owner has gone, a break is released|open init=speak orphan breaker thread break=0 breakers|16 0 0
the owner has gone, a break is given up|open init=speak read orphan breaker signal breakers close open init=speak read|16 0x3000 EINTR 16 0x3000
requests to a dead Guest|open init=die read irq=1 break=1 break=0 eventfd=0x3000 write=2 write=77 write=1 why|16 ENOENT ENOENT ENOENT ENOENT ENOENT ENOENT EINVAL EINVAL CRASH: made up.
unknown requests to a live one|open init=speak write=1,1 write=5,1 write=77,1,1 read|16 EINVAL EINVAL EINVAL 0x3000
a Guest that wants to be started again|open init=again read why irq=1 init=speak close open init=speak read|16 ERESTART CRASH: made up. ENOENT EBUSY 16 0x3000
a NOTIFY for an eventfd|open init=speak eventfd=0x3001 read events read events read events|16 0 0x3000 0 0x3002 1 0x3003 0
a NOTIFY for one of two eventfds|open init=speak eventfd=0x3001 eventfd=0x3002 read read events older|16 0 0 0x3000 0x3003 1 1
the newer eventfd is told, not the older|open init=speak eventfd=0x3001 eventfd=0x3001 read read events older|16 0 0 0x3000 0x3002 1 0
an eventfd of which nobody knows any more|open init=speak eventfd=0x3001 forget read read|16 0 0x3000 0x3002
an eventfd from another thread|open init=speak thread eventfd=0x3001|16 0
an eventfd that another thread gives|open init=speak aside eventfd=0x3001 meanwhile together read read events|16 0 0x3000 0x3002 1
an eventfd for address 0|open init=speak eventfd=0 read|16 EINVAL 0x3000
an eventfd for an address beyond memory|open init=speak eventfd=0xffffffff read|16 0 0x3000
an eventfd that is none|open init=speak write=4,0x3000,99 write=4,0x3000,0xffffffff write=4,0x3000,device write=4,0,99 read|16 EBADF EBADF EINVAL EINVAL 0x3000
many eventfds come and go|times=300 open init=speak eventfd=0x3001 eventfd=0x3001 eventfd=0x3002 read read id close|16 0 0 0 0x3000 0x3003 few
many that INITIALIZE one file|times=50 open race=8 close|1 made, 7 refused, 1 reads
page tables that are in memory|open write=0,memory,pages,0x3ff000,speak|16
page tables that are not|open write=0,memory,pages,0x400000,speak write=0,memory,pages,0xfffff000,speak init=speak read|EINVAL EINVAL 16 0x3000
page tables that begin within a page|open write=0,memory,pages,0x5001,speak write=0,memory,pages,0x5800,speak init=speak read|EINVAL EINVAL 16 0x3000
words that do not arrive|absent=8 open aside late=0 meanwhile fault open init=speak read close arrive together|16 0x3000 EINVAL
a request whose word does not arrive|absent=8 open init=speak aside late=2 meanwhile fault read irq=1 open init=speak read close arrive together|16 0x3000 0 16 0x3000 0
a noticeboard that does not arrive|absent=2 open aside init=speak read meanwhile fault irq=1 eventfd=0x3000 breaker signal breakers breaker arrive together breakers|0 0 EINTR 16 ENOENT ENOENT
it dies while somebody is in a break|absent=3 open aside init=die read why meanwhile fault breaker breaker arrive together breakers|16 ENOENT CRASH: . ENOENT ENOENT
END
drive_device
drive_device --smp 2 --cpu max

build_programs
machine --smp 2 --cpu max --append preempt=full -- l2
done_testing

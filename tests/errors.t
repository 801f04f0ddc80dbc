#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# /dev/lguest, driven otherwise than the Launcher would. Each line of the table: what
# it is about, the words for tests/prog/devlguest.c (see its --help), what it prints.
. "${0%/*}/prog/lib.sh"

cat > "$tmp/table" <<'END'
a Guest in four words|open init=speak read read read|16 0x3000 0x3001 0x3002
no room for a request|open bytes=0 write=0 bytes=3 write=0|EINVAL EINVAL
requests that nobody knows|open write=1 write=5 write=77 write=0xffffffff|EINVAL EINVAL EINVAL EINVAL
requests that want a Guest|open write=2,1 write=3,1 write=4,1,1|EINVAL EINVAL EINVAL
unknown requests to a Guest|open init=speak write=1 write=5 read|16 EINVAL EINVAL 0x3000
too few words|open write=0 write=0,memory,pages,0 bytes=19 init=speak|EINVAL EINVAL EINVAL
more words than needed|open write=0,memory,pages,0,speak,1,2 read|16 0x3000
a second INITIALIZE|open init=speak init=speak read|16 EBUSY 0x3000
INITIALIZE after one that failed|open write=0,memory,0,0,0 init=speak read|EINVAL 16 0x3000
memory that begins within a page|open write=0,0x10000001,pages,0,0 write=0,0x10000800,pages,0,0|EINVAL EINVAL
no memory|open write=0,memory,0,0,0|EINVAL
more memory than there are addresses|open write=0,memory,0xc0001,0,0 write=0,memory,0x100000,0,0 write=0,memory,0xffffffff,0,0|EINVAL EINVAL EINVAL
memory that is the kernel's|open write=0,0xc0000000,16,0,0 write=0,0xbffff000,16,0,0 write=0,0xfffff000,1,0,0|EFAULT EFAULT EFAULT
words that are not there|open writefrom=0 writefrom=0xc0000000 init=speak|EFAULT EFAULT 16
read before INITIALIZE|open read why|EINVAL EINVAL
read with room for less than a number|open init=speak read=0 read=3 read|16 EINVAL EINVAL 0x3000
read to a place that is not there|open init=speak readto=0 readto=0xc0000000 read|16 EFAULT EFAULT 0x3000
a file offset that is no virtual CPU|open seek=1 init=speak read seek=0 init=speak seek=4 read|EINVAL EINVAL 16 EINVAL
another thread|open init=speak thread read|16 EPERM
another process|open init=speak fork read init=speak|16 EPERM EBUSY
the same task with another program|open init=speak exec read|16/EPERM
a process that INITIALIZEs after fork|open fork init=speak read|16 0x3000
a program that INITIALIZEs after exec|open exec init=speak read|/16 0x3000
another descriptor for the same Guest|open init=speak dup read dup read|16 0x3000 0x3001
a user who is not root|user=65534 open|EACCES
how death is told|open init=die read why why|16 ENOENT CRASH: made up. CRASH: made up.
death told in pieces|open init=die read why=4 why=5 why=15 why=14 why=3 why|16 ENOENT CRAS CRASH CRASH: made up. CRASH: made up EINVAL CRASH: made up.
death told to a place that is not there|open init=die read readto=0 why|16 ENOENT EFAULT CRASH: made up.
INITIALIZE when dead|open init=die read init=speak why|16 ENOENT EBUSY CRASH: made up.
death told to others|open init=die read thread why|16 ENOENT EPERM
its own page tables, of which nothing is known yet|open write=0,memory,pages,0x5000,speak read why|16 ENOENT page fault at 0x1000, eip 0x1000 (error code 0).
one page of memory, and it starts beyond|open write=0,memory,1,0,speak read why|16 ENOENT page fault at 0x1000, eip 0x1000 (error code 0).
it starts beyond everything|open write=0,memory,pages,0,0xfffffff0 read why|16 ENOENT page fault at 0xfffffff0, eip 0xfffffff0 (error code 0).
it starts in the Switcher|open write=0,memory,pages,0,0xff000000 read why|16 ENOENT page fault at 0xfffffffc, eip 0xff000000 (error code 2).
memory that was never there|open write=0,0x1000,pages,0,speak read why|16 ENOENT the Launcher has no memory at page 1.
memory that is partly there|open write=0,memory,1025,0,0x400000 read why|16 ENOENT the Launcher has no memory at page 1024.
a page goes before it is touched|open init=touch read unmap=512 read why|16 0x3000 ENOENT the Launcher has no memory at page 512.
a page goes after it was touched|open init=touch read read unmap=512 read read|16 0x3000 0x3000 0x3000 0x3000
the Guest's code goes while it runs|open init=speak read unmap=1 read|16 0x3000 0x3001
a page that is read-only|open init=touch readonly=512 read read why|16 0x3000 ENOENT the Launcher has no memory at page 512.
the noticeboard is read-only|open readonly=2 init=speak read why|16 ENOENT bad address 0x2558 to write 4 bytes.
the noticeboard is not there|open unmap=2 init=speak read why|16 ENOENT bad address 0x2560 to read 16 bytes.
an interrupt waits, and the noticeboard is read-only by then|open init=waits read irq=0 read peek=0x2014 readonly=2 read read why|16 0x3000 0 0x3001 0x200 0x3002 ENOENT lguest_data at 0x2000 is gone.
an interrupt waits, and there is no stack for it|open init=waits read irq=0 read read read why|16 0x3000 0 0x3001 0x3002 ENOENT no stack at 0xfffffff4 for a trap.
an interrupt waits, and page tables have no stack for it|tables=0x67 open write=0,memory,pages,0x10000,waits read irq=0 read read read why|16 0x3000 0 0x3001 0x3002 ENOENT no stack at 0xfffffff4 for a trap.
its last words are not there|open unmap=3 init=die read why|16 ENOENT bad address 0x3000 to read 128 bytes.
opened and closed|times=500 open close open init=speak close open init=speak read close open init=die read why close|16 16 0x3000 16 ENOENT CRASH: made up.
END

drive_device
done_testing

# shellcheck shell=bash
# The XML names a device that is not there; a card that is there stays where it is.
xml gone 0000:77:00.0
hook gone prepare
expect_refused 0000:77:00.0
xml half "${A[@]}" 0000:77:00.0
hook half prepare
expect_refused 0000:77:00.0
expect_home 0000:01:00

# shellcheck shell=bash
# boot modes
# logind's seat has the shared card, and nothing of the one that is kept free.
loginctl --no-pager -l seat-status seat0 | tee "$RUN/seat"
grep -E "/$C0/drm/card[0-9]+" "$RUN/seat" || fail 'the shared card is not of the seat'
grep -E "/$C1/sound/card[0-9]+" "$RUN/seat" || fail 'the sound card of the shared card is not of the seat'
grep -F '[MASTER] drm:' "$RUN/seat" || fail 'the seat has no master'
if grep -E '/0000:01:00\.[01]/' "$RUN/seat"; then fail 'the card that is kept free is of the seat'; fi
[[ $(loginctl show-seat -P CanGraphical seat0) == yes ]] || fail 'no session can show a picture'

say 'tags and marks'
for path in $(children_of "$A0" drm) $(children_of "$A0" graphics) "$SYS/$A1"/sound/card* $(children_of "$A1" sound) \
	$(children_of "$A1" input); do
	for tag in seat master-of-seat uaccess; do
		if has_tag "$path" $tag; then fail "'$path' has the tag $tag"; fi
	done
done
# those that ask for no tag compare this with the name of their own seat
expect_property "$(echo "$SYS/$A0"/drm/card*)" ID_SEAT seat-gpu-handoff
expect_property "$(echo "$SYS/$C0"/drm/card*)" ID_SEAT ''
has_tag "$(echo "$SYS/$C0"/drm/card*)" master-of-seat || fail 'the shared card has lost its tags'
has_tag "$(echo "$SYS/$C1"/sound/card*)" seat || fail 'the shared sound card has lost its tags'
has_tag "$(echo "$SYS/$A0"/drm/card*)" mutter-device-ignore || fail 'mutter is not told'
for path in $(children_of "$A1" sound) "$SYS/$A1"/sound/card*; do
	expect_property "$path" ACP_IGNORE 1
	expect_property "$path" PULSE_IGNORE 1
done

loginctl --no-pager list-seats
[[ $(loginctl --no-legend list-seats | wc -l) -eq 1 ]] || fail 'there is a seat that nobody asked for'

# shellcheck shell=bash
# Entities are neither expanded nor fetched: any DTD is refused, and a trace of the hook shows no file and no socket.
xml gpuvm "${A[@]}"
with_dtd() { # DTD NAME: the domain with that DTD and its title from the entity
	echo "$1"
	sed "s|<name>|<title>$2</title>&|" "$RUN/gpuvm.xml"
}
traced() { # WHAT
	say "$1"
	rm -f "$RUN/trace"
	status=0
	timeout 60 strace -f -e trace=open,openat,openat2,socket,connect -o "$RUN/trace" \
		"$HOOK" gpuvm prepare begin - <"$RUN/bad.xml" >"$RUN/out" 2>"$RUN/err" || status=$?
	sed 's/^/   stderr: /' "$RUN/err"
	expect_refused 'document type'
	[[ ! -s $RUN/out ]] || fail 'the hook wrote to stdout'
	if grep -E 'secret|AF_INET' "$RUN/trace"; then fail 'it was fetched'; fi
	if grep -q 'top secret' "$RUN/err"; then fail 'it was expanded'; fi
	expect_driver nvidia "$A0"
}
echo 'top secret' >"$RUN/secret"
bomb='<!DOCTYPE domain [<!ENTITY e0 "ha">'
for i in {1..30}; do bomb+="<!ENTITY e$i \"&e$((i - 1));&e$((i - 1));\">"; done
with_dtd "$bomb]>" '&e30;' >"$RUN/bad.xml"
traced 'a billion laughs'
with_dtd "<!DOCTYPE domain [<!ENTITY big \"$(yes x | head -c 2000000 | tr -d '\n')\">]>" "$(printf '&big;%.0s' {1..500})" >"$RUN/bad.xml"
traced 'a quadratic blow-up'
with_dtd "<!DOCTYPE domain [<!ENTITY x SYSTEM 'file://$RUN/secret'>]>" '&x;' >"$RUN/bad.xml"
traced 'an external entity, file'
with_dtd "<!DOCTYPE domain [<!ENTITY x SYSTEM 'http://127.0.0.1:9/secret'>]>" '&x;' >"$RUN/bad.xml"
traced 'an external entity, http'
with_dtd "<!DOCTYPE domain [<!ENTITY % p SYSTEM 'file://$RUN/secret'> %p;]>" x >"$RUN/bad.xml"
traced 'a parameter entity'
with_dtd "<!DOCTYPE domain SYSTEM 'file://$RUN/secret'>" x >"$RUN/bad.xml"
traced 'an external subset'
with_dtd '' x | sed "s|<title>|<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file://$RUN/secret' parse='text'/>&|" >"$RUN/bad.xml"
say 'an inclusion is only an element to ignore'
rm -f "$RUN/trace"
timeout 60 strace -f -e trace=open,openat,openat2 -o "$RUN/trace" "$HOOK" gpuvm prepare begin - <"$RUN/bad.xml"
hook gpuvm release
if grep secret "$RUN/trace"; then fail 'it was included'; fi

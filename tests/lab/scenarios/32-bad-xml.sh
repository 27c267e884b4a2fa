# shellcheck shell=bash
# What cannot be a domain is refused in one sentence at prepare, and nothing moves.
xml gpuvm "${A[@]}"
refused() { # WHAT: what is on stdin is in $RUN/bad.xml
	say "$1"
	hook gpuvm prepare "$RUN/bad.xml"
	expect_refused
	expect_driver nvidia "$A0"
}
: >"$RUN/bad.xml" && refused 'empty'
head -c 300 "$RUN/gpuvm.xml" >"$RUN/bad.xml" && refused 'cut short'
head -c 4000 /dev/urandom >"$RUN/bad.xml" && refused 'noise'
echo '<network><name>gpuvm</name></network>' >"$RUN/bad.xml" && refused 'not a domain'
{
	sed '/<devices>/q' "$RUN/gpuvm.xml"
	yes '<!-- ten megabytes of a comment -->' | head -c 10000000
	echo ' -->'
	sed '1,/<devices>/d' "$RUN/gpuvm.xml"
} >"$RUN/bad.xml" && refused '10 MB'
sed -i 's/\(<name>\)gpuvm/\1&\x01/' "$RUN/gpuvm.xml" && cp "$RUN/gpuvm.xml" "$RUN/bad.xml" && refused 'a control character'

say 'release with such input says so, which libvirt logs, and harms nothing'
for size in 0 300; do
	head -c $size "$RUN/gpuvm.xml" >"$RUN/bad.xml"
	hook gpuvm release "$RUN/bad.xml"
	expect_refused
	expect_driver nvidia "$A0"
done

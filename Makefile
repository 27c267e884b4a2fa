# SPDX-License-Identifier: GPL-2.0-or-later
#
# make            builds everything into build/        make check       every test, the lab included (as root)
# make install    PREFIX, DESTDIR; make uninstall      make check-unit  without root and the lab, in a minute
# make demo       a card moves, in a virtual machine   make lab         the lab's scenarios alone
# make deb, rpm   a package, in build/deb, build/rpm   make check-deb   installs and purges it in an image
# make bench      figures                              make fuzz        fuzzes the parsers; lint, format as well
#
# CC=clang builds with clang, SAN=1 with ASan and UBSan, WERROR=1 makes warnings errors; each in a folder of its own.

VERSION := 0.1.0

PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   ?= build$(if $(SAN),/san)$(if $(filter clang%,$(CC)),/clang)$(if $(WERROR),/werror)

# libvirt's AppArmor profile lets a hook run only from these two, and follows a symlink to them: never from PREFIX.
sbindir   := /usr/sbin
hookdir   := /etc/libvirt/hooks/qemu.d
bindir    := $(PREFIX)/bin
mandir    := $(PREFIX)/share/man
# What journalctl -x shows.
catalogdir := $(or $(shell pkg-config --variable=catalogdir systemd 2>/dev/null),/usr/lib/systemd/catalog)
bashdir   := $(PREFIX)/share/bash-completion/completions
zshdir    := $(PREFIX)/share/zsh/site-functions
fishdir   := $(PREFIX)/share/fish/vendor_completions.d
unitdir   := $(or $(shell pkg-config --variable=systemdsystemunitdir systemd 2>/dev/null),/usr/lib/systemd/system)
# Where QEMU may read under AppArmor and SELinux.
qemudir   := /usr/share/qemu/gpu-handoff
udevdir   := $(or $(shell pkg-config --variable=udevdir udev 2>/dev/null),/usr/lib/udev)
# Where these look for what others add; a host has one of them.
initramfstoolsdir := /usr/share/initramfs-tools
dracutdir := $(or $(shell pkg-config --variable=dracutmodulesdir dracut 2>/dev/null),/usr/lib/dracut/modules.d)

PKG_CONFIG ?= pkg-config
override CPPFLAGS += -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DQEMUDIR='"$(qemudir)"' -DHOOK_PATH='"$(sbindir)/gpu-handoff-hook"' -Ilib -I.
WARNINGS   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wformat=2 -Wvla -Wmissing-prototypes -Wold-style-definition
WARNINGS   += -Wpointer-arith -Wwrite-strings -Wundef -Wredundant-decls $(if $(WERROR),-Werror)
HARDENING  := -fstack-protector-strong -fPIE $(if $(SAN),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
HARDENING  += $(if $(filter clang%,$(CC)),,-fstack-clash-protection)
SANITIZERS := -fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
SANITIZERS := $(if $(SAN),$(SANITIZERS))
OPTIMIZE   ?= -O2 -g
override CFLAGS   += -std=gnu17 $(OPTIMIZE) $(WARNINGS) $(HARDENING) $(SANITIZERS)
override LDFLAGS  += -pie -Wl,-z,relro,-z,now,--as-needed $(SANITIZERS)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

# ---- layers: one static archive each, in one direction ----

LAYERS := base model host probe plan apply

# What each layer stands on; the last is the nearest to the ground.
below_base  :=
below_model := base
below_host  := model base
below_probe := host model base
below_plan  := model base
below_apply := plan probe host model base

pkgs_host  := libpci hwloc
pkgs_probe := libxml-2.0

# For the configuration, which every call that is ours reads: 7 KiB, not worth a library to load.
LDLIBS := -l:libinih.a
# For /proc/config.gz, which setup alone reads: --as-needed leaves it out of every other program.
LDLIBS += -lz

archive  = $(BUILD)/lib$(1).a
sources  = $(sort $(wildcard lib/$(1)/*.c))
objects  = $(patsubst %.c,$(BUILD)/%.o,$(1))
archives = $(foreach l,$(1),$(call archive,$(l)))

define layer
$(call archive,$(1)): $(call objects,$(call sources,$(1)))
	@rm -f $$@
	$$(call say,AR,$$@)$$(AR) rcs $$@ $$^
endef

# ---- programs ----

PROGRAMS := gpu-handoff gpu-handoff-hook gpu-handoff-udev gpu-handoff-xmlgen

dir_gpu-handoff         := cli
pkgs_gpu-handoff        := libxml-2.0 libpci hwloc json-c smartcols libvirt
dir_gpu-handoff-hook    := hooks
pkgs_gpu-handoff-hook   := libxml-2.0
dir_gpu-handoff-udev    := udev
pkgs_gpu-handoff-udev   :=
dir_gpu-handoff-xmlgen  := xmlgen
pkgs_gpu-handoff-xmlgen := libxml-2.0 hwloc

# A program may have parts, each in a folder.
program_sources = $(sort $(wildcard $(1)/*.c $(1)/*/*.c))

define program
$(BUILD)/$(1): $(call objects,$(call program_sources,$(dir_$(1)))) $(call archives,apply $(below_apply))
	$$(call say,LD,$$@)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS) $(if $(pkgs_$(1)),$$$$($$(PKG_CONFIG) --libs $(pkgs_$(1))))
endef

# What udev, and who makes an initramfs, are given: with the place of the program in it.
udev_rules := 60-gpu-handoff.rules 72-gpu-handoff.rules
udev_files := $(udev_rules) initramfs-tools/gpu-handoff

# What shells complete, made of what the programs say of themselves (completions/record).
completions := gpu-handoff.bash _gpu-handoff gpu-handoff.fish

say = @$(if $(V),,printf '  %-5s %s\n' $(1) $(2); )

# libsystemd for its headers alone: it is loaded when it is needed (lib/base/systemd.h).
ALL_PKGS   := libxml-2.0 libpci hwloc json-c smartcols libvirt libsystemd zlib
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(ALL_PKGS) 2>/dev/null)

.PHONY: all
all: $(PROGRAMS:%=$(BUILD)/%) $(udev_files:%=$(BUILD)/udev/%) $(completions:%=$(BUILD)/completions/%) $(BUILD)/battery.aml

$(foreach l,$(LAYERS),$(eval $(call layer,$(l))))
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

# Said once, before the compiler says it of every file.
.PHONY: have-packages
have-packages:
	@$(PKG_CONFIG) --exists $(ALL_PKGS) || { \
		echo "packages are missing: run 'sudo apt-get install $(PACKAGES_BUILD)'" >&2; exit 1; }

# What these do, without their main(): their tests link it, and those of cli and xmlgen the fuzz targets as well.
libcli       := $(BUILD)/libcli.a
libudevrules := $(BUILD)/libudevrules.a
libxmlgen    := $(BUILD)/libxmlgen.a

$(libcli): $(call objects,$(filter-out cli/main.c,$(call program_sources,cli)))
$(libudevrules): $(call objects,$(filter-out udev/main.c,$(call program_sources,udev)))
$(libxmlgen): $(call objects,$(filter-out xmlgen/main.c,$(call program_sources,xmlgen)))
$(libcli) $(libudevrules) $(libxmlgen):
	@rm -f $@
	$(call say,AR,$@)$(AR) rcs $@ $^

$(BUILD)/%.o: %.c Makefile | have-packages
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

$(udev_files:%=$(BUILD)/udev/%): $(BUILD)/udev/%: udev/%.in Makefile
	@mkdir -p $(@D)
	@sed 's|@UDEVDIR@|$(udevdir)|; s|@VERSION@|$(VERSION)|' $< >$@

$(completions:%=$(BUILD)/completions/%): $(BUILD)/completions/%: completions/%.in completions/generate.awk completions/help.txt
	@mkdir -p $(@D)
	@awk -v shell=$(or $(filter bash fish,$(subst .,,$(suffix $@))),zsh) -f completions/generate.awk completions/help.txt $< >$@

$(BUILD)/battery.aml: xmlgen/battery.asl | have-packages
	@mkdir -p $(@D)
	$(call say,IASL,$@)iasl -va -p $(basename $@) $< >/dev/null

-include $(shell find $(BUILD) -type f -name '*.d' -not -path '*/lab/*' 2>/dev/null)

# ---- installing ----

MAN1 := gpu-handoff.1 gpu-handoff-xmlgen.1
MAN5 := gpu-handoff.conf.5
MAN7 := gpu-handoff-policy.7
MAN8 := gpu-handoff-hook.8 gpu-handoff-udev.8

# For systemd: each is cli/NAME.in.
units := $(patsubst cli/%.in,%,$(sort $(wildcard cli/*.service.in)))

# With the monolithic daemon, or the modular ones: whichever a host starts brings recovery along.
libvirt_daemons := libvirtd virtqemud

# Whose SELinux label decides whether libvirt's daemon may run the hook.
labelled := $(sbindir)/gpu-handoff-hook $(hookdir)/50-gpu-handoff

# Which directories were made, to remove these again and no others (packaging/made).
recorddir    := $(PREFIX)/share/gpu-handoff
made         := $(recorddir)/made-directories
install_dirs := $(sbindir) $(hookdir) $(bindir) $(udevdir)/rules.d $(initramfstoolsdir)/hooks $(dracutdir)/90gpu-handoff \
	$(unitdir) $(libvirt_daemons:%=$(unitdir)/%.service.wants) $(qemudir) $(foreach n,1 5 7 8,$(mandir)/man$(n)) \
	$(bashdir) $(zshdir) $(fishdir) $(catalogdir)

.PHONY: install install-files uninstall
# A recipe is expanded before its first line runs: whether the hook is new is asked before it is there.
install: all
	@packaging/made record '$(DESTDIR)' $(made) $(recorddir) $(install_dirs)
	@$(MAKE) --no-print-directory install-files
	@$(if $(DESTDIR),,packaging/live installed $(if $(wildcard $(hookdir)/50-gpu-handoff),known,new) $(bindir)/gpu-handoff $(labelled))

# What a package is made of: the files, and nothing else.
install-files: all
	@umask 022 && mkdir -p $(install_dirs:%=$(DESTDIR)%)
	install -D -m 755 $(BUILD)/gpu-handoff-hook $(DESTDIR)$(sbindir)/gpu-handoff-hook
	ln -sfn $(sbindir)/gpu-handoff-hook $(DESTDIR)$(hookdir)/50-gpu-handoff
	install -D -m 755 $(BUILD)/gpu-handoff $(DESTDIR)$(bindir)/gpu-handoff
	install -D -m 755 $(BUILD)/gpu-handoff-xmlgen $(DESTDIR)$(bindir)/gpu-handoff-xmlgen
	install -D -m 755 $(BUILD)/gpu-handoff-udev $(DESTDIR)$(udevdir)/gpu-handoff-udev
	install -m 644 $(udev_rules:%=$(BUILD)/udev/%) $(DESTDIR)$(udevdir)/rules.d
	install -D -m 755 $(BUILD)/udev/initramfs-tools/gpu-handoff $(DESTDIR)$(initramfstoolsdir)/hooks/gpu-handoff
	install -D -m 755 udev/dracut/module-setup.sh $(DESTDIR)$(dracutdir)/90gpu-handoff/module-setup.sh
	for u in $(units); do \
		sed 's|@BINDIR@|$(bindir)|' "cli/$$u.in" | \
			install -D -m 644 /dev/stdin "$(DESTDIR)$(unitdir)/$$u" || exit; \
	done
	for d in $(libvirt_daemons); do \
		ln -sfn ../gpu-handoff-recover.service $(DESTDIR)$(unitdir)/$$d.service.wants/ || exit; \
	done
	install -m 644 man/gpu-handoff.catalog $(DESTDIR)$(catalogdir)
	install -D -m 644 $(BUILD)/battery.aml $(DESTDIR)$(qemudir)/battery.aml
	install -m 644 $(MAN1:%=man/%) $(DESTDIR)$(mandir)/man1
	install -m 644 $(MAN5:%=man/%) $(DESTDIR)$(mandir)/man5
	install -m 644 $(MAN7:%=man/%) $(DESTDIR)$(mandir)/man7
	install -m 644 $(MAN8:%=man/%) $(DESTDIR)$(mandir)/man8
	install -D -m 644 $(BUILD)/completions/gpu-handoff.bash $(DESTDIR)$(bashdir)/gpu-handoff
	ln -sfn gpu-handoff $(DESTDIR)$(bashdir)/gpu-handoff-xmlgen
	install -D -m 644 $(BUILD)/completions/_gpu-handoff $(DESTDIR)$(zshdir)/_gpu-handoff
	install -D -m 644 $(BUILD)/completions/gpu-handoff.fish $(DESTDIR)$(fishdir)/gpu-handoff.fish
	ln -sfn gpu-handoff.fish $(DESTDIR)$(fishdir)/gpu-handoff-xmlgen.fish

uninstall:
	@$(if $(DESTDIR),,packaging/live leaving)
	rm -f $(DESTDIR)$(hookdir)/50-gpu-handoff $(DESTDIR)$(sbindir)/gpu-handoff-hook
	rm -f $(DESTDIR)$(bindir)/gpu-handoff $(DESTDIR)$(bindir)/gpu-handoff-xmlgen
	rm -f $(DESTDIR)$(udevdir)/gpu-handoff-udev $(udev_rules:%=$(DESTDIR)$(udevdir)/rules.d/%)
	rm -f $(DESTDIR)$(initramfstoolsdir)/hooks/gpu-handoff
	rm -rf $(DESTDIR)$(dracutdir)/90gpu-handoff
	rm -f $(units:%=$(DESTDIR)$(unitdir)/%)
	rm -f $(DESTDIR)$(catalogdir)/gpu-handoff.catalog
	rm -rf $(DESTDIR)$(qemudir)
	rm -f $(libvirt_daemons:%=$(DESTDIR)$(unitdir)/%.service.wants/gpu-handoff-recover.service)
	rm -f $(MAN1:%=$(DESTDIR)$(mandir)/man1/%) $(MAN5:%=$(DESTDIR)$(mandir)/man5/%)
	rm -f $(MAN7:%=$(DESTDIR)$(mandir)/man7/%) $(MAN8:%=$(DESTDIR)$(mandir)/man8/%)
	rm -f $(DESTDIR)$(bashdir)/gpu-handoff $(DESTDIR)$(bashdir)/gpu-handoff-xmlgen $(DESTDIR)$(zshdir)/_gpu-handoff
	rm -f $(DESTDIR)$(fishdir)/gpu-handoff.fish $(DESTDIR)$(fishdir)/gpu-handoff-xmlgen.fish
	@packaging/made remove '$(DESTDIR)' $(made)
	@$(if $(DESTDIR),,packaging/live removed)

.PHONY: clean
clean:
	rm -rf build

# ---- what people run ----

# Debian's names. A fresh machine needs make and git; root has the rest installed.
PACKAGES_BUILD := gcc libc6-dev acpica-tools pkg-config libxml2-dev libpci-dev libhwloc-dev libjson-c-dev libsmartcols-dev libvirt-dev \
	libinih-dev libsystemd-dev zlib1g-dev
PACKAGES_CHECK := check clang libclang-rt-14-dev hwloc
PACKAGES_LAB   := mmdebstrap qemu-system-x86 e2fsprogs kmod gcc libc6-dev
PACKAGES_BENCH := psmisc lsof virtinst
PACKAGES_DEB   := debhelper dpkg-dev fakeroot
PACKAGES_SHELL := zsh fish
PACKAGES_CLEAN := lintian rpm rpmlint
PACKAGES_XML   := xz-utils dpkg-dev libvirt-daemon-driver-qemu libvirt-daemon libvirt-clients ovmf swtpm swtpm-tools qemu-system-x86 \
	libxml2-utils

# Each in a make of its own: the flags are asked of pkg-config when it is read, and it may just have been installed.
# After sudo, the build directory is the user's.
give_build = [ -z "$$SUDO_UID" ] || chown -R "$$SUDO_UID:$$SUDO_GID" build
again = $(MAKE) --no-print-directory -j$(shell nproc)

.PHONY: check lab demo bench
check:
	@tests/require $(PACKAGES_BUILD) $(PACKAGES_CHECK) $(PACKAGES_LAB) $(PACKAGES_XML) $(PACKAGES_DEB) $(PACKAGES_SHELL) $(PACKAGES_CLEAN)
	@tests/step warnings 'building with gcc and clang, warnings as errors' $(again) lint-warnings
	@tests/step sanitizers 'unit tests under ASan and UBSan' $(again) check-san
	@tests/step unit 'unit tests, layers, rules and the corpora of the parsers' $(again) check-unit
	@tests/step xml 'domain XML in a real libvirt' $(again) do-check-xml
	@tests/step domains "the domains of libvirt's own tests, tuned" $(again) do-check-domains
	@tests/step deb 'the Debian package, in and out of a host' $(again) do-check-deb
	@$(MAKE) --no-print-directory do-lab
	@tail -n 1 build/log/unit.log
	@$(give_build)

lab demo bench:
	@tests/require $(PACKAGES_BUILD) $(PACKAGES_LAB) $(if $(filter bench,$@),$(PACKAGES_BENCH))
	@tests/step build 'building' $(again) all $(lab_programs) $(if $(filter bench,$@),$(bench_programs))
	@$(MAKE) --no-print-directory do-$@
	@$(give_build)

# What the lab installs beside the programs.
lab_programs := $(BUILD)/tests/ask-kernel $(BUILD)/tests/ask-manager

.PHONY: do-lab do-demo do-bench
do-lab: $(lab_programs)
	@tests/lab/lab run

do-demo: $(lab_programs)
	@tests/lab/lab demo

bench_programs := $(BUILD)/bench $(BUILD)/bench-scan $(BUILD)/bench-xml $(BUILD)/bench-pages $(BUILD)/empty $(BUILD)/tests/mktree

do-bench: all $(bench_programs) $(lab_programs)
	@rm -rf $(BUILD)/bench-tree
	@$(BUILD)/tests/mktree tests/hosts/am4-2400g-gtx1660.json $(BUILD)/bench-tree
	@$(BUILD)/bench $(BUILD)/gpu-handoff-hook $(BUILD)/gpu-handoff-udev $(BUILD)/empty tests/bench/domain.xml \
		$(BUILD)/bench-tree /devices/pci0000:00/0000:00:01.1/0000:10:00.0
	@$(BUILD)/bench-scan /dev/full
	@rm -rf $(BUILD)/bench-tree
	@$(BUILD)/tests/mktree tests/hosts/xeon6756e-2domains.json $(BUILD)/bench-tree epyc-9654-2s
	@$(BUILD)/bench-xml $(BUILD)/gpu-handoff-xmlgen $(BUILD)/bench-tree
	@rm -rf $(BUILD)/bench-tree
	@$(BUILD)/bench-pages 8
	@tests/lab/lab bench

$(BUILD)/bench: $(BUILD)/tests/bench/bench.o $(BUILD)/libbase.a
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^

$(BUILD)/bench-xml: $(BUILD)/tests/bench/xml.o $(BUILD)/libbase.a
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^

$(BUILD)/bench-pages: $(BUILD)/tests/bench/pages.o $(call archives,apply $(below_apply))
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) $$($(PKG_CONFIG) --libs libxml-2.0)

$(BUILD)/bench-scan: $(BUILD)/tests/bench/scan.o $(call archives,probe host model base)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $$($(PKG_CONFIG) --libs $(pkgs_probe))

$(BUILD)/empty: $(BUILD)/tests/bench/empty.o
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ -Wl,--no-as-needed $$($(PKG_CONFIG) --libs libxml-2.0)

# ---- tests ----

TESTS       := base model host probe plan apply xmlgen cli udev programs
SUPPORT     := $(patsubst %.c,$(BUILD)/%.o,$(filter-out %/mktree.c,$(sort $(wildcard tests/support/*.c))))
libsupport  := $(BUILD)/tests/libsupport.a
contract    := $(BUILD)/tests/contract/contract.o $(BUILD)/tests/contract/contract_host.o

# The test of a layer links that layer and those below; what is tested as programs links no layer but what it shows.
archives_programs := $(call archives,model base)
archives_cli      := $(libcli) $(call archives,apply $(below_apply))
archives_xmlgen   := $(libxmlgen) $(call archives,plan probe host model base)
archives_udev     := $(libudevrules) $(call archives,apply $(below_apply))
pkgs_test_base    := json-c
pkgs_test_model   := json-c
pkgs_test_host    := json-c libpci hwloc libsystemd
pkgs_test_probe   := json-c libpci hwloc libxml-2.0
pkgs_test_plan    := json-c
pkgs_test_apply   := json-c libpci hwloc libxml-2.0
pkgs_test_xmlgen  := json-c libpci hwloc libxml-2.0
pkgs_test_cli     := $(pkgs_gpu-handoff)
pkgs_test_udev    := json-c libpci hwloc libxml-2.0
pkgs_test_programs := json-c libxml-2.0
wrap_probe        := -Wl,--wrap=read
# Instead of the sockets of the system's journal.
wrap_base         := -Wl,--wrap=connect
wrap_apply        := -Wl,--wrap=write,--wrap=unlinkat,--wrap=clock_await,--wrap=log_send
# libvirt's driver for tests has no devices that come and go.
wrap_cli          := -Wl,--wrap=virDomainAttachDeviceFlags,--wrap=virDomainDetachDeviceFlags,--wrap=virDomainGetXMLDesc \
	-Wl,--wrap=log_send,--wrap=write,--wrap=unlinkat

objects_test = $(call objects,$(sort $(wildcard tests/unit/$(1)/*.c)))

define test
$(BUILD)/tests/test_$(1): $(call objects_test,$(1)) $(if $(filter apply,$(1)),$(contract)) \
		$(libsupport) $(or $(archives_$(1)),$(call archives,$(1) $(below_$(1))))
	$$(call say,LD,$$@)$$(CC) $$(LDFLAGS) $(wrap_$(1)) -o $$@ $$^ $$(LDLIBS) $$$$($$(PKG_CONFIG) --libs check $(pkgs_test_$(1)))
endef
$(foreach t,$(TESTS),$(eval $(call test,$(t))))

$(libsupport): $(SUPPORT)
	@rm -f $@
	$(call say,AR,$@)$(AR) rcs $@ $^

# The packages; what a Debian package is made of, and that a host is as before when it is purged.
.PHONY: deb rpm check-deb do-check-deb
deb:
	@tests/require $(PACKAGES_BUILD) $(PACKAGES_DEB)
	@packaging/deb build/deb
	@$(give_build)

rpm:
	@packaging/rpm build/rpm

check-deb:
	@tests/require $(PACKAGES_BUILD) $(PACKAGES_DEB) $(PACKAGES_CLEAN) $(PACKAGES_LAB)
	@$(again) do-check-deb
	@$(give_build)

do-check-deb:
	@packaging/deb build/deb
	@tests/package/deb build/deb

# All domains of libvirt's own test suite, tuned; it downloads Debian's source package of libvirt.
.PHONY: check-domains do-check-domains
check-domains:
	@tests/require $(PACKAGES_BUILD) $(PACKAGES_XML)
	@$(again) do-check-domains
	@$(give_build)

do-check-domains: $(BUILD)/tests/corpus-tune $(BUILD)/tests/mktree $(BUILD)/gpu-handoff-xmlgen
	@rm -rf $(BUILD)/tests/corpus-host
	@$(BUILD)/tests/mktree tests/hosts/x570-3900x-rtx3080-rx5700.json $(BUILD)/tests/corpus-host \
		intel-raptorlake-corei7-1370p
	@tests/libvirt/corpus $< $(BUILD)/gpu-handoff-xmlgen $(BUILD)/tests/corpus-host

$(BUILD)/tests/corpus-tune: $(BUILD)/tests/libvirt/corpus_tune.o $(libxmlgen) $(call archives,plan probe host model base)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) $$($(PKG_CONFIG) --libs libxml-2.0)

# Writes a recorded machine's tree, to look at it: build/tests/mktree tests/hosts/NAME.json DIR [PROCESSOR]
$(BUILD)/tests/mktree: $(BUILD)/tests/support/mktree.o $(libsupport) $(call archives,model base)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) $$($(PKG_CONFIG) --libs json-c)

# Asks the running kernel what the fake one believes, with a device that nobody needs: build/tests/ask-kernel ADDRESS
$(BUILD)/tests/ask-kernel: $(BUILD)/tests/contract/main.o $(contract) $(call archives,host model base)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) $$($(PKG_CONFIG) --libs libpci)

# Asks systemd and logind, one question each: build/tests/ask-manager stop UNIT DEADLINE_MS
$(BUILD)/tests/ask-manager: $(BUILD)/tests/contract/ask_manager.o $(call archives,host model base)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $$($(PKG_CONFIG) --libs libpci)

# What xmlgen writes, in libvirt's schema and in a real libvirt, which starts nothing. Root, and KVM.
.PHONY: check-xml do-check-xml
check-xml:
	@tests/require $(PACKAGES_BUILD) $(PACKAGES_XML)
	@$(again) do-check-xml
	@$(give_build)

do-check-xml: $(BUILD)/gpu-handoff-xmlgen $(BUILD)/tests/mktree $(BUILD)/tests/define
	@BUILD=$(BUILD) tests/libvirt/check

$(BUILD)/tests/define: $(BUILD)/tests/libvirt/define.o
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $$($(PKG_CONFIG) --libs libvirt) -pthread

# The tests that need neither root nor the lab, and what the linker and the sources say of the layers.
.PHONY: check-unit check-san run-unit check-layers check-rules check-install
check-unit: all check-layers check-rules check-install
	@$(MAKE) --no-print-directory run-unit

check-san:
	@$(MAKE) --no-print-directory SAN=1 all run-unit

.PHONY: test-programs
test-programs: $(TESTS:%=$(BUILD)/tests/test_%) $(BUILD)/tests/mktree $(BUILD)/tests/define $(lab_programs)

run-unit: test-programs all
	@BUILD=$(BUILD) tests/unit/run $(BUILD)/tests $(patsubst test_apply,test_apply/3,$(TESTS:%=test_%))

# Each layer as a whole links with those below it and their libraries alone.
check-layers: $(LAYERS:%=$(BUILD)/tests/layer_%)

define layer_proof
$(BUILD)/tests/layer_$(1): $(call archives,$(1) $(below_$(1))) Makefile
	@mkdir -p $$(@D)
	@echo 'int main(void) { return 0; }' | $$(CC) $$(LDFLAGS) -Wl,-z,defs -o $$@ -x c - -x none \
		-Wl,--whole-archive $(call archive,$(1)) -Wl,--no-whole-archive $(call archives,$(below_$(1))) $$(LDLIBS) \
		$(if $(strip $(foreach l,$(1) $(below_$(1)),$(pkgs_$(l)))),$$$$($$(PKG_CONFIG) --libs $(foreach l,$(1) $(below_$(1)),$(pkgs_$(l)))))
endef
$(foreach l,$(LAYERS),$(eval $(call layer_proof,$(l))))

check-rules: $(BUILD)/gpu-handoff-hook $(BUILD)/gpu-handoff-udev $(udev_rules:%=$(BUILD)/udev/%) $(BUILD)/tests/mktree
	@$(if $(SAN),,tests/rules/needed $< libxml2.so.2 libc.so.6)
	@$(if $(SAN),,tests/rules/needed $(BUILD)/gpu-handoff-udev libc.so.6)
	@$(if $(SAN),,tests/rules/udev $(BUILD))
	@tests/rules/opens
	@tests/rules/catalog

# What is installed, into a directory; what the running system is told; and what shells complete.
check-install: all $(BUILD)/tests/mktree
	@tests/package/completions $(BUILD)
	@tests/package/install $(BUILD)
	@tests/package/live

# ---- fuzz ----

FUZZERS      := accounts address attributes balancer bar cmdline config cpus daemon devpath domain group grub hostdev iomem journal ledger \
	loader machine maps number nvidia os pinning record resident seat step traits tune unit usb users vfio_ids
FUZZ_SECONDS ?= 60

fuzz_flags            := -timeout=10 -rss_limit_mb=2048 -print_final_stats=0 -verbosity=0
fuzz_flags_accounts   := -max_len=1024
fuzz_flags_address    := -max_len=32
fuzz_flags_attributes := -max_len=1024
fuzz_flags_balancer   := -max_len=1024
fuzz_flags_bar        := -max_len=1024 -dict=tests/fuzz/proc.dict
fuzz_flags_cmdline    := -max_len=1024 -dict=tests/fuzz/boot.dict
fuzz_flags_config     := -max_len=2048 -dict=tests/fuzz/config.dict
fuzz_flags_cpus       := -max_len=640
fuzz_flags_daemon     := -max_len=1200
fuzz_flags_devpath    := -max_len=512
fuzz_flags_domain     := -max_len=12288 -dict=tests/fuzz/xml.dict
fuzz_flags_group      := -max_len=512
fuzz_flags_grub       := -max_len=2048 -dict=tests/fuzz/boot.dict
fuzz_flags_hostdev    := -max_len=8192 -dict=tests/fuzz/xml.dict
fuzz_flags_iomem      := -max_len=1024 -dict=tests/fuzz/proc.dict
fuzz_flags_journal    := -max_len=12288 -dict=tests/fuzz/journal.dict
fuzz_flags_ledger     := -max_len=8192 -dict=tests/fuzz/ledger.dict
fuzz_flags_loader     := -max_len=256
fuzz_flags_machine    := -max_len=1024 -dict=tests/fuzz/proc.dict
fuzz_flags_maps       := -max_len=1024
fuzz_flags_number     := -max_len=64
fuzz_flags_nvidia     := -max_len=2048 -dict=tests/fuzz/proc.dict
fuzz_flags_os         := -max_len=4096 -dict=tests/fuzz/xml.dict
fuzz_flags_pinning    := -max_len=8192 -dict=tests/fuzz/xml.dict
fuzz_flags_record     := -max_len=4096 -dict=tests/fuzz/boot.dict
fuzz_flags_resident   := -max_len=1024 -dict=tests/fuzz/proc.dict
fuzz_flags_seat       := -max_len=512
fuzz_flags_step       := -max_len=256
fuzz_flags_traits     := -max_len=8192 -dict=tests/fuzz/xml.dict
fuzz_flags_tune       := -max_len=8192 -dict=tests/fuzz/domain.dict
fuzz_flags_unit       := -max_len=512
fuzz_flags_usb        := -max_len=256
fuzz_flags_users      := -max_len=2048 -dict=tests/fuzz/proc.dict
fuzz_flags_vfio_ids   := -max_len=1400

fuzz_archives := $(libxmlgen) $(libcli) $(call archives,apply $(below_apply))

# The corpus without libFuzzer, plain and with ASan and UBSan: a part of check-unit.
.PHONY: check-corpus replay
check-unit: check-corpus

check-corpus: replay
	@$(MAKE) --no-print-directory SAN=1 replay

replay: $(FUZZERS:%=$(BUILD)/replay-%)
	@for f in $(FUZZERS); do $(BUILD)/replay-$$f tests/fuzz/corpus/$$f || exit; done

$(FUZZERS:%=$(BUILD)/replay-%): $(BUILD)/replay-%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(fuzz_archives)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) $$($(PKG_CONFIG) --libs $(pkgs_probe))

# With it: what it finds is kept in build/fuzz, and ends the run.
.PHONY: fuzz do-fuzz
fuzz:
	@tests/require $(PACKAGES_BUILD) $(PACKAGES_CHECK)
	@$(MAKE) --no-print-directory CC=clang SAN=1 BUILD=build/fuzz OPTIMIZE='-O1 -g -fsanitize=fuzzer-no-link' do-fuzz

do-fuzz: $(FUZZERS:%=$(BUILD)/fuzz-%)
	@$(foreach f,$(FUZZERS),mkdir -p $(BUILD)/found/$(f) && echo '$(f): fuzzing for $(FUZZ_SECONDS) seconds' && \
		$(BUILD)/fuzz-$(f) $(fuzz_flags) $(fuzz_flags_$(f)) -max_total_time=$(FUZZ_SECONDS) \
		-artifact_prefix=$(BUILD)/$(f)- $(BUILD)/found/$(f) tests/fuzz/corpus/$(f) && ) echo 'nothing found'

$(FUZZERS:%=$(BUILD)/fuzz-%): $(BUILD)/fuzz-%: $(BUILD)/tests/fuzz/%.o $(fuzz_archives)
	$(call say,LD,$@)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS) $$($(PKG_CONFIG) --libs $(pkgs_probe))

# ---- analysis ----

PACKAGES_LINT := clang-tidy clang-format cppcheck valgrind

sources_ours := $(foreach d,$(LAYERS:%=lib/%) hooks cli udev xmlgen,$(call program_sources,$(d)))
sources_lint := $(sources_ours) $(sort $(wildcard tests/*/*.c tests/unit/*/*.c))
headers_lint := $(sort $(wildcard lib/*/*.h hooks/*.h cli/*.h cli/*/*.h udev/*.h xmlgen/*.h tests/*/*.h tests/unit/*/*.h))

# Sign and width: of what runs as root; a test may be careless there.
$(sources_ours:%.c=$(BUILD)/%.o): WARNINGS += -Wconversion -Wsign-conversion -Wswitch-enum -Wnull-dereference \
	$(if $(filter clang%,$(CC)),,-Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wcast-align=strict)

.PHONY: lint lint-warnings lint-analyzer lint-tidy lint-cppcheck lint-format lint-valgrind format
lint:
	@tests/require $(PACKAGES_BUILD) $(PACKAGES_CHECK) $(PACKAGES_LINT)
	@$(MAKE) --no-print-directory lint-format lint-cppcheck lint-tidy lint-analyzer lint-warnings lint-valgrind
	@echo 'lint: clean'

lint-format:
	@clang-format --dry-run -Werror $(sources_lint) $(headers_lint)

format:
	clang-format -i $(sources_lint) $(headers_lint)

# Style is clang-tidy's; system headers tell cppcheck nothing.
lint-cppcheck:
	@cppcheck --quiet --enable=warning,performance,portability --error-exitcode=1 --inline-suppr --std=c11 \
		--suppress=missingIncludeSystem -D__GNUC__ $(CPPFLAGS) $(sources_ours) $(wildcard tests/fuzz/*.c)

lint-tidy:
	@clang-tidy --quiet $(sources_ours) $(wildcard tests/fuzz/*.c) -- -std=gnu17 $(CPPFLAGS) $(PKG_CFLAGS) \
		$$($(PKG_CONFIG) --cflags check) 2>/dev/null

lint-analyzer:
	@for f in $(sources_ours); do \
		gcc -std=gnu17 -O2 $(CPPFLAGS) $(PKG_CFLAGS) $(WARNINGS) -Werror -fanalyzer -c -o /dev/null $$f || exit; \
	done

# All of it, by both compilers, as CI builds it.
lint-warnings:
	@$(MAKE) --no-print-directory WERROR=1 CC=gcc all test-programs
	@$(MAKE) --no-print-directory WERROR=1 CC=clang all test-programs
	@$(MAKE) --no-print-directory WERROR=1 CC=gcc SAN=1 all

# The hook's whole way through XML, and what parses a journal and a ledger, under memcheck.
lint-valgrind: $(BUILD)/replay-domain $(BUILD)/replay-journal $(BUILD)/replay-ledger
	@for f in domain journal ledger; do \
		valgrind --quiet --error-exitcode=1 --leak-check=full --track-fds=no \
			$(BUILD)/replay-$$f tests/fuzz/corpus/$$f || exit; \
	done

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xmlgen: domain XML for the cards of this host (https://libvirt.org/formatdomain.html#host-device-assignment). */
#pragma once

int xmlgen_run(int argc, char *argv[]);

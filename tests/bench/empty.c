// SPDX-License-Identifier: GPL-2.0-or-later
/* The least that a hook which reads XML can cost: a program that links libxml2 and does nothing. */
int main(void)
{
	return 0;
}

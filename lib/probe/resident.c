// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/resident.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"

/* Where a line does not say how large its pages are: of x86, whose kernels have said it since 3.19. */
#define PAGE_KIB 4

/* Adds count times kib. Returns false where that is no number any more. */
static bool add_product(uint64_t *sum, uint64_t count, uint64_t kib)
{
	uint64_t product;

	return !__builtin_mul_overflow(count, kib, &product) && !__builtin_add_overflow(*sum, product, sum);
}

/* Nn=pages */
static bool take_pages(struct resident_reader *reader, char *word)
{
	char *equals = strchr(word, '=');
	uint64_t node, pages;

	if (!equals)
		return false;
	*equals = '\0';
	if (text_parse_number(word + 1, 10, RESIDENT_NODES_MAX - 1, &node) < 0 ||
		text_parse_number(equals + 1, 10, UINT64_MAX, &pages) < 0 || pages == 0)
		return false;
	/* Each node once, as the kernel writes it. */
	if (reader->pages[node])
		return false;
	reader->nodes[reader->n_nodes++] = (uint16_t)node;
	reader->pages[node] = pages;
	return true;
}

/* A name of a file is behind "file=", with its blanks written as \040: no name is taken for one of these. */
static void end_word(struct resident_reader *reader)
{
	static const char size[] = "kernelpagesize_kB=";
	char *word = reader->word;
	bool good = true;

	if (reader->length > 0)
		reader->begun = true;
	if (reader->length > 0 && reader->length < sizeof(reader->word)) {
		word[reader->length] = '\0';
		if (strcmp(word, "huge") == 0)
			reader->huge = true;
		else if (word[0] == 'N' && word[1] >= '0' && word[1] <= '9')
			good = take_pages(reader, word);
		else if (strncmp(word, size, sizeof(size) - 1) == 0)
			good = text_parse_number(word + sizeof(size) - 1, 10, UINT64_MAX, &reader->page_kib) == 0;
	}
	reader->length = 0;
	reader->broken = reader->broken || !good;
}

static void end_line(struct resident_reader *reader)
{
	uint64_t kib = reader->page_kib ? reader->page_kib : PAGE_KIB;

	for (unsigned int i = 0; i < reader->n_nodes; i++) {
		unsigned int node = reader->nodes[i];

		if (!add_product(&reader->resident.kib[node], reader->pages[node], kib) ||
			(reader->huge && !add_product(&reader->resident.huge_kib[node], reader->pages[node], kib)))
			reader->broken = true;
		reader->pages[node] = 0;
	}
	reader->n_nodes = 0;
	reader->page_kib = 0;
	reader->huge = reader->begun = false;
}

void resident_reader_feed(struct resident_reader *reader, const char *text, size_t size)
{
	for (size_t i = 0; i < size && !reader->broken; i++) {
		if (text[i] == ' ' || text[i] == '\n')
			end_word(reader);
		else if (reader->length < sizeof(reader->word))
			reader->word[reader->length++] = text[i];
		if (text[i] == '\n')
			end_line(reader);
	}
}

int resident_reader_end(const struct resident_reader *reader)
{
	return reader->broken || reader->begun || reader->length > 0 ? -EBADMSG : 0;
}

struct question {
	const struct host *host;
	pid_t pid;
	struct resident_reader reader;
};

/* In a child: what it learns is in the question. */
static int read_maps(void *argument)
{
	struct question *question = argument;
	char path[32], text[16384];
	int fd CLOSE_FD = -1;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%d/numa_maps", (int)question->pid);
	fd = beneath_open(question->host->proc, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd < 0)
		return fd;
	while ((n = read(fd, text, sizeof(text))) > 0)
		resident_reader_feed(&question->reader, text, (size_t)n);
	if (n < 0)
		return errno == ESRCH ? -ENOENT : -errno;
	return resident_reader_end(&question->reader);
}

int resident_probe(const struct host *host, pid_t pid, struct resident *ret, int deadline_ms)
{
	struct question question = { .host = host, .pid = pid };
	int r = host->kernel->look(read_maps, &question, sizeof(question), deadline_ms);

	if (r == 0)
		*ret = question.reader.resident;
	return r;
}

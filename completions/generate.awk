# SPDX-License-Identifier: GPL-2.0-or-later
# awk -v shell=bash|zsh|fish -f generate.awk help.txt TEMPLATE: the template, with tables of commands and options for the
# line '@TABLES@' in it. help.txt is what 'record' prints.

# What a value may be, from how the help calls it: @KIND is for a function of the template, the rest are words as they
# are. What nobody can tell is left out.
function kinds_of(argument,    words, n, i, kinds, kind) {
	gsub(/[][]|\.\.\./, "", argument)
	n = split(argument, words, /[ |]+/)
	for (i = 1; i <= n; i++) {
		kind = words[i]
		if (kind ~ /^(ADDRESS|CARD)$/) kind = "@addresses"
		else if (kind == "DOMAIN") kind = "@domains"
		else if (kind == "DIR") kind = "@directories"
		else if (kind == "COMMAND") kind = "@commands"
		else if (kind ~ /^(FILE|PATH)(\.[a-z]+)?$/) kind = "@files"
		else sub(/=.*/, "=", kind)
		if (kind !~ /^[A-Z]/ && kind !~ /^-/ && index(" " kinds " ", " " kind " ") == 0)
			kinds = kinds (kinds == "" ? "" : " ") kind
	}
	return kinds
}

function quote(text) {
	gsub(/'/, shell == "fish" ? "\\'" : "'\\''", text)
	return "'" text "'"
}

# ---- reading the help ----

# "  LEFT   HELP": 0 where the line is no such row.
function row() {
	if ($0 !~ /^  [a-z-].*[^ ]  +[^ ]/) return 0
	left = right = substr($0, 3)
	sub(/  .*/, "", left)
	sub(/.*[^ ]  +/, "", right)
	return 1
}

function add_command(    words) {
	name[++n_commands] = left
	sub(/ ?[^a-z -].*/, "", name[n_commands])
	argument[n_commands] = substr(left, length(name[n_commands]) + 2)
	summary[n_commands] = right
	if (split(name[n_commands], words, " ") == 2) add_word(words[1], words[2], right)
	add_word("", words[1], split(name[n_commands], words, " ") == 2 ? "commands of " words[1] : right)
}

# What may stand after these words: after none, or after the first of two.
function add_word(after, word, help) {
	if ((after, word) in known) return
	known[after, word] = 1
	n_words++
	word_after[n_words] = after; word_itself[n_words] = word; word_help[n_words] = help
}

function add_option(    rest) {
	rest = left
	sub(/[ =].*/, "", left)
	n_options++
	option_of[n_options] = section; option[n_options] = left
	option_value[n_options] = length(rest) > length(left) ? substr(rest, length(left) + 2) : ""
	option_help[n_options] = right
}

FNR == 1 { file++ }
file == 1 && /^\$ gpu-handoff-xmlgen / { section = "xml"; next }
file == 1 && /^\$ / { section = substr($0, 15, length($0) - 21); sub(/ $/, "", section); top = section == ""; next }
file == 1 && /^commands:/ { in_commands = 1; next }
file == 1 && /^$/ { in_commands = 0 }
file == 1 && row() {
	if (in_commands) add_command()
	else if (!top || left ~ /^--(help|version)$/) add_option()
}
file == 1 { next }

# ---- bash ----

function bash_tables(    i, j, list) {
	print "# What may come after a command, besides its argument."
	print "_gpu_handoff_words() { # COMMAND"
	print "\tcase $1 in"
	for (i = 1; i <= n_words; i++) lists[word_after[i]] = lists[word_after[i]] " " word_itself[i]
	for (i = 1; i <= n_options; i++) lists[option_of[i]] = lists[option_of[i]] " " option[i]
	print "\t'') echo" quoted_list("") " ;;"
	for (i = 1; i <= n_words; i++)
		if (word_after[i] != "" && !(word_after[i] in done)) {
			done[word_after[i]] = 1
			print "\t" quote(word_after[i]) ") echo" quoted_list(word_after[i]) " ;;"
		}
	for (i = 1; i <= n_commands; i++) print "\t" quote(name[i]) ") echo" quoted_list(name[i]) " ;;"
	print "\tesac\n}\n"
	print "# What the value of an option is; without one, the argument of the command. Fails where there is none."
	print "_gpu_handoff_value() { # COMMAND [OPTION]"
	print "\tcase \"$1 ${2-}\" in"
	for (i = 1; i <= n_commands; i++)
		if (kinds_of(argument[i]) != "") print "\t" quote(name[i] " ") ") echo " quote(kinds_of(argument[i])) " ;;"
	for (i = 1; i <= n_options; i++)
		if (option_value[i] != "")
			print "\t" quote(option_of[i] " " option[i]) ") echo " quote(kinds_of(option_value[i])) " ;;"
	print "\t*) return 1 ;;\n\tesac\n}"
}
function quoted_list(of) { return " " quote(substr(lists[of], 2)) }

# ---- zsh ----

# The action of _arguments(1).
function zsh_action(value,    kinds, words, n, i, calls, literal) {
	kinds = kinds_of(value)
	n = split(kinds, words, " ")
	for (i = 1; i <= n; i++) {
		if (words[i] ~ /^@/) calls = calls "_gpu_handoff_" substr(words[i], 2) "; "
		else literal = literal (literal == "" ? "" : " ") words[i]
	}
	if (calls == "" && literal == "") return " "
	if (calls == "") return "(" literal ")"
	return "{" calls (literal == "" ? "" : "compadd -- " literal) "}"
}
function zsh_text(text) {
	gsub(/[]:[]/, "\\\\&", text)
	return text
}
function zsh_option(i,    spec) {
	spec = option[i] (option_value[i] == "" ? "" : "=") "[" zsh_text(option_help[i]) "]"
	if (option_help[i] ~ /repeatable/) spec = "*" spec
	if (option_value[i] != "") spec = spec ":" zsh_text(option_value[i]) ":" zsh_action(option_value[i])
	return quote(spec)
}
function zsh_tables(    i, j) {
	print "# What may come after the words before: of a command, or its second half."
	print "_gpu_handoff_words() { # WORDS"
	print "\tlocal -a words_here\n\tcase $1 in"
	for (i = 1; i <= n_words; i++) {
		if (word_after[i] in done) continue
		done[word_after[i]] = 1
		print "\t" quote(word_after[i]) ") words_here=("
		for (j = 1; j <= n_words; j++)
			if (word_after[j] == word_after[i]) print "\t\t" quote(word_itself[j] ":" zsh_text(word_help[j]))
		print "\t) ;;"
	}
	print "\t*) return 1 ;;\n\tesac\n\t_describe -t commands command words_here\n}\n"
	print "# For _arguments."
	print "_gpu_handoff_specs() { # COMMAND: in specs"
	print "\tcase $1 in"
	zsh_specs("", "")
	for (i = 1; i <= n_commands; i++) zsh_specs(name[i], argument[i])
	print "\tesac\n}"
}
function zsh_specs(of, value,    i) {
	print "\t" quote(of) ") specs=("
	for (i = 1; i <= n_options; i++)
		if (option_of[i] == of) print "\t\t" zsh_option(i)
	if (kinds_of(value) != "") print "\t\t" quote("*:" zsh_text(value) ":" zsh_action(value))
	print "\t) ;;"
}

# ---- fish ----

function fish_values(value,    kinds, words, n, i, text, files) {
	kinds = kinds_of(value)
	n = split(kinds, words, " ")
	for (i = 1; i <= n; i++) {
		if (words[i] == "@files" || words[i] == "@commands") files = 1
		else text = text (text == "" ? "" : " ") (words[i] ~ /^@/ ? "(__gpu_handoff_" substr(words[i], 2) ")" : words[i])
	}
	return (files ? " -F" : "") (text == "" ? "" : " -a " quote(text))
}
function fish_option(i, head,    line) {
	line = head " -l " substr(option[i], 3)
	if (option_value[i] != "") {
		line = line " -r" fish_values(option_value[i])
		if (line !~ / -F/) line = line " -f"
	}
	return line " -d " quote(option_help[i])
}
function fish_at(function_name, words) { return "complete -c gpu-handoff -n " quote(function_name (words == "" ? "" : " " words)) }
function fish_tables(    i) {
	for (i = 1; i <= n_words; i++)
		print fish_at("__gpu_handoff_at", word_after[i]) " -a " word_itself[i] " -d " quote(word_help[i])
	for (i = 1; i <= n_commands; i++)
		if (kinds_of(argument[i]) != "") print fish_at("__gpu_handoff_in", name[i]) fish_values(argument[i])
	for (i = 1; i <= n_options; i++)
		print fish_option(i, option_of[i] == "" ? fish_at("__gpu_handoff_at", "") : fish_at("__gpu_handoff_in", option_of[i]))
	for (i = 1; i <= n_options; i++)
		if (option_of[i] == "xml") print fish_option(i, "complete -c gpu-handoff-xmlgen")
}

# ---- the template ----

$0 == "@TABLES@" && shell == "bash" { bash_tables(); next }
$0 == "@TABLES@" && shell == "zsh" { zsh_tables(); next }
$0 == "@TABLES@" && shell == "fish" { fish_tables(); next }
{ print }
END { if (n_commands < 2 || n_options < 2) { print "generate.awk: no commands in the help" >"/dev/stderr"; exit 1 } }

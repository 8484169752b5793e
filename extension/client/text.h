/*
 * text.h
 *		Text from files and servers, made safe to print and to store, and compared the way headers are.
 */
#ifndef MO_TEXT_H
#define MO_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Where the first byte is that is not part of valid UTF-8, or is NUL; -1 when the text is good. */
extern long mo_utf8_fault(const char *text, size_t length);

/*
 * Writes text so that it cannot move the cursor, colour a terminal or upset the database: control characters and
 * invalid bytes become \xHH. Always terminated; ends in ... when it does not fit. Returns out.
 */
extern char *mo_printable(const char *text, size_t length, char *out, size_t size);

/*
 * The same for a value that a message quotes: of one with a line end in it only what is before its first comma, for there
 * a quotation mark was not closed, and other rows follow, which may name patients.
 */
extern char *mo_printable_value(const char *text, size_t length, char *out, size_t size);

/*
 * The same for what should be a header: what does not look like the name of a column becomes ..., for where a header is
 * missing it is the first row of data that stands there, and that may name a patient.
 */
extern char *mo_printable_names(const char *text, size_t length, char *out, size_t size);

/* A column name as compared: upper case, runs of anything but letters and digits one underscore, none at the ends. */
extern void mo_normal_name(const char *text, size_t length, char *out, size_t size);

/* 1.23E+17: a long number as a spreadsheet writes it back, its last digits gone. */
extern bool mo_lost_digits(const char *text, size_t length);

/* The check digit of a SNOMED CT identifier (SCTID) whose other digits are given: Verhoeff's dihedral code. */
extern char mo_check_digit(const char *digits, size_t length);

/*
 * A SNOMED CT identifier as a spreadsheet writes it back: as mo_lost_digits, or of 16 to 18 digits with 0 in place of those after
 * the fifteenth, which a spreadsheet does not keep; where the check digit agrees, 0 is what they were.
 */
extern bool mo_lost_concept(const char *text, size_t length);

/* true, false, t, f, yes, no, y, n, 1, 0, in capitals or not. False: none of them. */
extern bool mo_parse_bool(const char *text, size_t length, bool *value);

/* The part of a path after the last slash. */
extern const char *mo_base_name(const char *path);

#endif							/* MO_TEXT_H */

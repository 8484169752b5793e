/*
 * alert_closure.h
 *		Times of alerts as arguments of binding functions.
 */
#ifndef MO_ALERT_CLOSURE_H
#define MO_ALERT_CLOSURE_H

#include "mo.h"

#include "stats/alert_closure.h"

/* The timestamptz in argument `argno`, finite or null. */
extern mo_moment mo_moment_argument(FunctionCallInfo fcinfo, int argno, const char *what);

#endif /* MO_ALERT_CLOSURE_H */

/*
 * peer_position_state.h
 *		The type mo.peer_values: state of median, percentile, percentiles and deciles.
 *
 * On disk and between processes it is flat. In memory a group of more than a few hundred values is an expanded object
 * (utils/expandeddatum.h) in the aggregate's context, so that a transition appends in place and growing is a realloc;
 * a small group stays flat with room to grow, because an object of its own would be several times its size.
 */
#ifndef MO_PEER_POSITION_STATE_H
#define MO_PEER_POSITION_STATE_H

#include "mo.h"

/* What is in a state, to be read only. */
typedef struct PeerView
{
	const float8 *fractions;
	const float8 *values;
	int64		n_fractions;
	int64		count;
} PeerView;

extern PeerView mo_peer_view(Datum state);

/* An empty state with these fractions, in the current context. */
extern Datum mo_peer_create(const float8 *fractions, int64 n_fractions);

/*
 * The state (never null) with further values appended. Changed in place when fcinfo is an aggregate's transition or combine
 * call, whose own state it is; otherwise a copy in the current context.
 */
extern Datum mo_peer_append(FunctionCallInfo fcinfo, Datum state, const float8 *values, int64 n);

#endif							/* MO_PEER_POSITION_STATE_H */

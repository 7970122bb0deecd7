// Package epoch is the pure agreement of who is in a match: a flush as in
// virtual synchrony (Birman and Joseph 1987) and one single-decree Paxos
// (Lamport 1998) per epoch. It has no goroutine, clock or socket; package
// lockstep drives it.
//
// A match runs in epochs. In each the same members vote. An epoch ends with one
// decree, a [Record]: who is dropped and where each of their logs ends, who
// left, who joins. Whoever learns how an epoch ended learns the same.
//
// # How a decree is made
//
//  1. A member proposes: it sends Prepare with a ballot and the set X it wants to
//     drop, which may be empty. Who is overdue is everyone's own judgement; the
//     lowest-ranked member that is not overdue starts at once, the others one
//     round trip later each.
//  2. Who agrees that all of X is overdue answers with a Promise: how far it
//     holds the logs of X, and what it voted for already. From here to the end
//     of the epoch nothing of X is taken, acknowledged or claimed: those logs
//     are frozen, and more of them is only staged. Who knows better about one of
//     X answers Alive.
//  3. All but X must have promised. Then the decree is the vote of the highest
//     ballot among the Promises, unchanged; or, if there is none, X goes and each
//     log ends where the longest promised copy of it ends.
//  4. A member votes for the decree once the moves up to those ends are in hand,
//     held or staged; the leader does so first, and its vote is the Accept. Votes
//     go to everybody.
//  5. Votes of one ballot from a quorum are a [Certificate]. Who has it and the
//     moves enters the next epoch. Who is late is sent the certificate.
//
// A ballot that makes no progress is overruled by a higher one, of any member
// that promised it, so a promised epoch always ends, if only by dropping nobody.
// That takes a majority that can talk to each other for a few round trips;
// without one nothing is decided, and nothing wrong is.
//
// Moves never travel in these messages. The caller passes on what members have of
// the frozen logs, held or staged, to those that lack it: the only copy of a
// move that is already voted for may be a staged one.
//
// # Who votes
//
// Every change of the voters is a decree: drops, leaves, kicks and joins. A
// joiner's seat comes alive by a command in the log, at a frame that follows from
// the log; its vote comes by the decree.
//
// A quorum is more than half of the voters, or half of them with the
// lowest-ranked one. Who wrote a leave entry in its log promises and votes no
// more, so those who hold that entry count it out; and who is [Machine.Bound]
// writes none. Two quorums always share a member that does not leave; the comment
// at quorum has the proof.
//
// A voter is a process: a key and an incarnation. A process that restarts has
// forgotten what it promised, so it comes back as another incarnation, which
// votes after a decree has named it.
//
// # Forks
//
// Who writes two different entries for one frame forks its log, and the copies
// of the others may contradict each other. A leader that notices names the seat
// in its Prepare; then the Promises carry short tags of the last 64 frames, and
// the log ends where all copies still agree. A leader
// whose own copy is short is told by others that noticed. That is the one case in which moves
// that were held are taken back. One seat per ballot can be named: two members
// that fork their logs in the same epoch hold it up until one of them is silent.
//
// # States
//
// The event is what arrives (Prepare, Promise, Accept, or moves of a frozen
// log); propose, when it is our own ballot; view, when others become overdue or
// cease to be; decided, when the votes suffice or a certificate arrives; and
// decree, when the next epoch is entered. A member that votes alone passes
// through Promised within one event. A message can bring news that another state
// gave to somebody long ago, so some arrows skip a state.
//
//	Normal    propose   Promised
//	Normal    Prepare   Promised
//	Normal    Accept    Voted
//	Normal    moves     Voted
//	Normal    decided   Voted
//	Normal    decree    Out
//	Promised  Promise   Voted
//	Promised  Accept    Voted
//	Promised  moves     Voted
//	Promised  decided   Voted
//	Promised  decree    Normal
//	Promised  decree    Out
//	Voted     decree    Normal
//	Voted     decree    Out
//	Out       decree    Normal
//
// Stalled says that those who are not overdue are no quorum. It lies over the
// others and hides them:
//
//	Normal    view      Stalled
//	Normal    moves     Stalled
//	Normal    Prepare   Stalled
//	Promised  view      Stalled
//	Promised  moves     Stalled
//	Promised  decree    Stalled
//	Voted     view      Stalled
//	Voted     decree    Stalled
//	Stalled   view      Normal
//	Stalled   view      Promised
//	Stalled   view      Voted
//	Stalled   decided   Normal
//	Stalled   decided   Promised
//	Stalled   decided   Voted
package epoch

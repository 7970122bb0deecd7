package mesh

import "errors"

// Why nobody comes in by an invitation, see InviteErr. Compare with errors.Is.
var (
	// ErrNoInvite: the text is no invitation of this version.
	ErrNoInvite = errors.New("mesh: this is no invitation; it may have been cut off when it was copied")
	// ErrInviteExpired: the time is over for which it was made.
	ErrInviteExpired = errors.New("mesh: the invitation has expired")
	// ErrInviteElsewhere: the member has left the room for which it was made.
	ErrInviteElsewhere = errors.New("mesh: the member that made the invitation is in another room now")
	// ErrInviteVoid: the member's program was started anew since it was made, or
	// it is forged.
	ErrInviteVoid = errors.New("mesh: the member does not know the invitation any more; its program was started anew")
	// ErrInviteFull: too many came by invitations lately.
	ErrInviteFull = errors.New("mesh: the member lets nobody else in for a while")
	// ErrInviteBarred: the room's owner sent this player away for good.
	ErrInviteBarred = errors.New("mesh: the room does not let this player in; its owner sent it away")
	// ErrInviteSilent: nobody answers at the addresses that it names.
	ErrInviteSilent = errors.New("mesh: the member that made the invitation does not answer; it is gone, or its network lets nobody in")
)

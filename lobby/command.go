package lobby

import "github.com/tuttiplay/tutti/lobby/internal/roomstate"

// Command is what [Room.Do] asks the room for: [Ready], [TakeSeat],
// [Settings], [Start], [Reopen], [Kick], [Give] or [SetName].
type Command = roomstate.Command

// Ready says whether this player is ready for the match. In a room with
// [Config.AutoStart] everybody is ready for the first match by coming.
type Ready = roomstate.Ready

// TakeSeat moves this player to another free seat, counted from 0, or with
// [NoSeat] to none. Only while the room is open.
type TakeSeat = roomstate.TakeSeat

// Settings replaces the game's settings: at most [MaxSettings] bytes that all
// members see and every [peer.Match] carries. For the owner. Who was ready for
// other settings is not any more, unless the room starts by itself.
type Settings = roomstate.Settings

// Start begins the match; seats without a player are left to bots. For the
// owner, when everybody else on a seat is ready and connected.
type Start = roomstate.Start

// Reopen ends the match for the room, which is open again; the next Start is a
// rematch, a new match. For the owner.
type Reopen = roomstate.Reopen

// Kick sends a member away for good. For the owner.
type Kick = roomstate.Kick

// Give makes another member the owner. For the owner.
type Give = roomstate.Give

// SetName changes this player's name; it is cleaned as in [Config.Name].
type SetName = roomstate.SetName

// NoSeat is the seat of a member that watches.
const NoSeat = roomstate.NoSeat

// MaxSettings is the largest size of the settings in bytes.
const MaxSettings = roomstate.MaxSettings

package fb

import "github.com/tuttiplay/tutti/netcode/wire"

// The largest strings and vectors in a message, in bytes.
const (
	// MaxGame bounds Room.game and Hello.game.
	MaxGame = 64
	// MaxBuild bounds Room.build and Hello.build.
	MaxBuild = 128
	// MaxName bounds Member.name, and what a client may ask for.
	MaxName = 128
	// MaxCode bounds Room.code and Hello.code.
	MaxCode = 16
	// MaxMembers bounds Room.members.
	MaxMembers = 16
	// MaxKicked is the largest number of IDs in Room.kicked.
	MaxKicked = 16
	// MaxSettings bounds Room.settings and Room.match_settings.
	MaxSettings = 4 << 10
	// MaxICE is the largest number of Welcome.ice_servers.
	MaxICE = 8
	// MaxURL bounds each of them: an account of a TURN server is in it.
	MaxURL = 512
	// MaxField bounds Refused.field.
	MaxField = 64
	// MaxValue bounds Refused.yours and Refused.theirs.
	MaxValue = 256
	// MaxText bounds Command.text.
	MaxText = MaxName
	// Nonce is the size of Challenge.nonce.
	Nonce = 32
	// RoomID is the size of Room.id.
	RoomID = 16
	// Signature is the size of Hello.signature.
	Signature = 64
	// Vouch is the size of Hello.vouch, if it is there.
	Vouch = idSize + Signature
)

// Size is the largest message in bytes, with its header: a relayed message of
// the largest size, or a room with all its members and settings.
const Size = wire.DefaultSize + 4<<10

// Limits are what every table of this package is verified under.
var Limits = wire.Limits{Size: Size}

// As package peer has them.
const (
	idSize   = 32
	maxSeats = 8
)

// ChallengeSpec describes the table Challenge.
var ChallengeSpec = &wire.TableSpec{Name: "Challenge", Fields: []wire.Field{
	{Name: "nonce", Type: wire.Scalars, Size: 1, Max: Nonce, Required: true},
}}

// MemberSpec describes the table Member.
var MemberSpec = &wire.TableSpec{Name: "Member", Fields: []wire.Field{
	{Name: "id", Type: wire.Scalars, Size: 1, Max: idSize, Required: true},
	{Name: "name", Type: wire.String, Max: MaxName},
	{Name: "seat", Type: wire.Scalar, Size: 1},
	{Name: "ready", Type: wire.Scalar, Size: 1},
	{Name: "online", Type: wire.Scalar, Size: 1},
	{Name: "lost_ms", Type: wire.Scalar, Size: 8},
}}

// RoomSpec describes the table Room.
var RoomSpec = &wire.TableSpec{Name: "Room", Fields: []wire.Field{
	{Name: "id", Type: wire.Scalars, Size: 1, Max: RoomID, Required: true},
	{Name: "code", Type: wire.String, Max: MaxCode, Required: true},
	{Name: "game", Type: wire.String, Max: MaxGame, Required: true},
	{Name: "build", Type: wire.String, Max: MaxBuild},
	{Name: "owner", Type: wire.Scalars, Size: 1, Max: idSize},
	{Name: "seats", Type: wire.Scalar, Size: 1},
	{Name: "auto_start", Type: wire.Scalar, Size: 1},
	{Name: "settings", Type: wire.Scalars, Size: 1, Max: MaxSettings},
	{Name: "phase", Type: wire.Scalar, Size: 1},
	{Name: "round", Type: wire.Scalar, Size: 4},
	{Name: "seed", Type: wire.Scalar, Size: 8},
	{Name: "match_seats", Type: wire.Scalars, Size: 1, Max: idSize * maxSeats},
	{Name: "match_settings", Type: wire.Scalars, Size: 1, Max: MaxSettings},
	{Name: "members", Type: wire.Tables, Max: MaxMembers, Table: MemberSpec},
	{Name: "kicked", Type: wire.Scalars, Size: 1, Max: idSize * MaxKicked},
	{Name: "version", Type: wire.Scalar, Size: 8},
}}

// HelloSpec describes the table Hello.
var HelloSpec = &wire.TableSpec{Name: "Hello", Fields: []wire.Field{
	{Name: "id", Type: wire.Scalars, Size: 1, Max: idSize, Required: true},
	{Name: "signature", Type: wire.Scalars, Size: 1, Max: Signature, Required: true},
	{Name: "game", Type: wire.String, Max: MaxGame, Required: true},
	{Name: "build", Type: wire.String, Max: MaxBuild},
	{Name: "name", Type: wire.String, Max: MaxName},
	{Name: "code", Type: wire.String, Max: MaxCode},
	{Name: "seats", Type: wire.Scalar, Size: 1},
	{Name: "auto_start", Type: wire.Scalar, Size: 1},
	{Name: "resume", Type: wire.Table, Table: RoomSpec},
	{Name: "vouch", Type: wire.Scalars, Size: 1, Max: Vouch},
}}

// WelcomeSpec describes the table Welcome.
var WelcomeSpec = &wire.TableSpec{Name: "Welcome", Fields: []wire.Field{
	{Name: "room", Type: wire.Table, Table: RoomSpec, Required: true},
	{Name: "ice_servers", Type: wire.Strings, Max: MaxICE},
	{Name: "grace_ms", Type: wire.Scalar, Size: 4},
}}

// ServersSpec describes the table Servers.
var ServersSpec = &wire.TableSpec{Name: "Servers", Fields: []wire.Field{
	{Name: "ice_servers", Type: wire.Strings, Max: MaxICE},
}}

// RefusedSpec describes the table Refused.
var RefusedSpec = &wire.TableSpec{Name: "Refused", Fields: []wire.Field{
	{Name: "code", Type: wire.Scalar, Size: 1},
	{Name: "request", Type: wire.Scalar, Size: 4},
	{Name: "field", Type: wire.String, Max: MaxField},
	{Name: "yours", Type: wire.String, Max: MaxValue},
	{Name: "theirs", Type: wire.String, Max: MaxValue},
}}

// CommandSpec describes the table Command.
var CommandSpec = &wire.TableSpec{Name: "Command", Fields: []wire.Field{
	{Name: "request", Type: wire.Scalar, Size: 4},
	{Name: "what", Type: wire.Scalar, Size: 1},
	{Name: "flag", Type: wire.Scalar, Size: 1},
	{Name: "seat", Type: wire.Scalar, Size: 1},
	{Name: "text", Type: wire.String, Max: MaxText},
	{Name: "bytes", Type: wire.Scalars, Size: 1, Max: MaxSettings},
	{Name: "id", Type: wire.Scalars, Size: 1, Max: idSize},
}}

// RelaySpec describes the table Relay.
var RelaySpec = &wire.TableSpec{Name: "Relay", Fields: []wire.Field{
	{Name: "peer", Type: wire.Scalars, Size: 1, Max: idSize, Required: true},
	{Name: "channel", Type: wire.Scalar, Size: 1},
	{Name: "payload", Type: wire.Scalars, Size: 1, Max: wire.DefaultSize, Required: true},
}}

// LinksSpec describes the table Links.
var LinksSpec = &wire.TableSpec{Name: "Links", Fields: []wire.Field{
	{Name: "ids", Type: wire.Scalars, Size: 1, Max: idSize * MaxMembers},
}}

// BeatSpec describes the table Beat.
var BeatSpec = &wire.TableSpec{Name: "Beat", Fields: []wire.Field{
	{Name: "at_ms", Type: wire.Scalar, Size: 4},
}}

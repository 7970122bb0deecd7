package nat

import "context"

// Probe returns [ErrNotInBrowser], or the error of [Config.Validate].
func Probe(_ context.Context, cfg Config) (Report, error) {
	if err := cfg.Validate(); err != nil {
		return Report{}, err
	}
	return Report{}, ErrNotInBrowser
}

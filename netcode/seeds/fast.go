//go:build !race && !js

package seeds

const slow = 1

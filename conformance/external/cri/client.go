// SPDX-License-Identifier: Apache-2.0

//go:build tools

// Package client names what run.sh builds, so that go.mod and go.sum hold all of it.
package client

import _ "sigs.k8s.io/cri-tools/cmd/crictl"

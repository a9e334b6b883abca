package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"hash"
	mrand "math/rand"
	"sync"
	"sync/atomic"
)

const (
	kib = 1 << 10
	mib = 1 << 20

	typeManifest = "application/vnd.oci.image.manifest.v1+json"
	typeIndex    = "application/vnd.oci.image.index.v1+json"
	typeConfig   = "application/vnd.oci.image.config.v1+json"
	typeLayer    = "application/vnd.oci.image.layer.v1.tar"

	hdrOctet    = "Content-Type: application/octet-stream\r\n"
	hdrManifest = "Content-Type: " + typeManifest + "\r\n"
	hdrAccept   = "Accept: " + typeManifest + ", " + typeIndex + "\r\n"
)

// A source makes blobs: one shared base of noise, a unique 64-byte tail each.
type source struct {
	base  []byte // 128 MiB of noise
	mu    sync.Mutex
	mid   map[int][]byte // sha256 state after base[:size-64]
	count atomic.Uint64
	salt  [16]byte
}

func newSource() *source {
	s := &source{base: make([]byte, 128*mib), mid: map[int][]byte{}}
	r := mrand.New(mrand.NewSource(1))
	r.Read(s.base)
	rand.Read(s.salt[:])
	return s
}

type blob struct {
	head   []byte // shared
	tail   []byte // 64 bytes of its own
	digest string
	size   int
}

// unique makes a blob of that size that no one has seen; after the first of a
// size it costs one 64-byte hash step, so it can run inside a timed section.
func (s *source) unique(size int) blob {
	tail := make([]byte, 64)
	copy(tail, s.salt[:])
	n := s.count.Add(1)
	for i := 0; i < 8; i++ {
		tail[16+i] = byte(n >> (8 * i))
	}
	head := s.base[:size-64]
	s.mu.Lock()
	st, ok := s.mid[size]
	if !ok {
		h := sha256.New()
		h.Write(head)
		st, _ = h.(encoding.BinaryMarshaler).MarshalBinary()
		s.mid[size] = st
	}
	s.mu.Unlock()
	var h hash.Hash = sha256.New()
	h.(encoding.BinaryUnmarshaler).UnmarshalBinary(st)
	h.Write(tail)
	return blob{head, tail, "sha256:" + hex.EncodeToString(h.Sum(nil)), size}
}

func digestOf(b []byte) string {
	h := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(h[:])
}

type desc struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int    `json:"size"`
}

type manifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	ArtifactType  string            `json:"artifactType,omitempty"`
	Config        desc              `json:"config"`
	Layers        []desc            `json:"layers"`
	Subject       *desc             `json:"subject,omitempty"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

func (m manifest) encode() ([]byte, string) {
	m.SchemaVersion, m.MediaType = 2, typeManifest
	b, _ := json.Marshal(m)
	return b, digestOf(b)
}

var emptyJSON = []byte("{}")

func tinyRaw(d string, subject *desc, note string) ([]byte, string) {
	m := manifest{Config: desc{typeConfig, d, 2}, Layers: []desc{{typeLayer, d, 2}}, Subject: subject}
	if note != "" {
		m.ArtifactType = "application/vnd.example.note"
		m.Annotations = map[string]string{"org.example.note": note}
	}
	return m.encode()
}

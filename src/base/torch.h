#pragma once

// The parts of LibTorch that veil's sources and tests use. <torch/torch.h> holds all of it, and costs every source that
// is compiled nearly four seconds more (8.6 in place of 4.9, gcc 12 with precompiled headers).

#include <torch/autograd.h>
#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

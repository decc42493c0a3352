// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/model.h"

#include <optional>

namespace paddock::workspace {

/// A state whose model is known; an earlier one than that whose model is asked for.
struct ModelBasis
{
    std::shared_ptr<const Model> model;
    FileTable files;
    Config config;
};

/// What discover(data) would say, without following the modules again: only where the files that changed since read
/// the same to discovery, apart from lines, bodies and values that it never looked into. Most saves are such. None: it
/// takes discover().
[[nodiscard]] std::optional<Model> deriveModel(const ModelBasis &basis, const ProjectData &data);

} // namespace paddock::workspace

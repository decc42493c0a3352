// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QRandomGenerator>

/// TypeScript that is almost right: a few pieces of `text` removed, doubled, cut off, or replaced by tokens that mean
/// something to discovery or by a piece of one of `others` (never empty).
[[nodiscard]] QByteArray mutatedProgram(QByteArray text, const QList<QByteArray> &others, QRandomGenerator &random);

/// The programs of the fixtures' workspaces and of the discovery fixtures.
[[nodiscard]] QList<QByteArray> seedPrograms();

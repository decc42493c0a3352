// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QStringView>
#include <memory>
#include <optional>

struct TSParser;
struct TSTree;

namespace paddock::syntax {

enum class Language { TypeScript, Tsx };

/// The language of a source file by its ending; none: not a source file. JavaScript is read as TSX, which contains it.
[[nodiscard]] std::optional<Language> languageOf(QStringView fileName);

/// A parsed file together with the bytes that it was parsed from; cheap to move, never changed.
class Tree final
{
public:
    Tree(TSTree *tree, QByteArray source, Language language);
    ~Tree();
    Tree(Tree &&other) noexcept;
    Tree &operator=(Tree &&other) noexcept;

    [[nodiscard]] const QByteArray &source() const { return m_source; }
    [[nodiscard]] Language language() const { return m_language; }
    [[nodiscard]] const TSTree *handle() const { return m_tree; }

private:
    TSTree *m_tree;
    QByteArray m_source;
    Language m_language;
};

/// Parses one file at a time; use one on each thread.
class Parser final
{
public:
    Parser();
    ~Parser();
    Parser(const Parser &) = delete;
    Parser &operator=(const Parser &) = delete;

    /// `previous` (same language) makes it quick: only what differs is parsed. Nothing comes back when the time limit,
    /// which grows with the file, is over: such a text is no program.
    [[nodiscard]] std::shared_ptr<const Tree> parse(const QByteArray &source, Language language,
                                                    const Tree *previous = nullptr);

private:
    TSParser *m_parser;
};

} // namespace paddock::syntax

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

/// What a text has different from the one before it, as one range of bytes; what is outside has the same structure in
/// both.
struct Difference
{
    quint32 start = 0;
    quint32 oldEnd = 0;
    quint32 newEnd = 0;
    int lines = 0; ///< by how many there are more now
};

/// A parsed file together with the bytes that it was parsed from; cheap to move, never changed.
class Tree final
{
public:
    Tree(TSTree *tree, QByteArray source, Language language, std::optional<Difference> difference = {});
    ~Tree();
    Tree(Tree &&other) noexcept;
    Tree &operator=(Tree &&other) noexcept;

    [[nodiscard]] const QByteArray &source() const { return m_source; }
    [[nodiscard]] Language language() const { return m_language; }
    [[nodiscard]] const TSTree *handle() const { return m_tree; }
    [[nodiscard]] bool hasError() const;
    /// The same structure, read from other bytes of the same size.
    [[nodiscard]] std::shared_ptr<const Tree> over(QByteArray source) const;
    /// From the tree that this one was parsed upon; none: it was parsed from nothing.
    [[nodiscard]] const std::optional<Difference> &difference() const { return m_difference; }

private:
    TSTree *m_tree;
    QByteArray m_source;
    Language m_language;
    std::optional<Difference> m_difference;
};

/// Parses one file at a time; use one on each thread.
class Parser final
{
public:
    Parser();
    ~Parser();
    Parser(const Parser &) = delete;
    Parser &operator=(const Parser &) = delete;

    /// `previous` (same language) makes it quick: only what differs is parsed, with the same result. Nothing comes back
    /// when the time limit, which grows with the file, is over: such a text is no program.
    [[nodiscard]] std::shared_ptr<const Tree> parse(const QByteArray &source, Language language,
                                                    const Tree *previous = nullptr);
    /// Quick, upon a tree that has errors. Nothing comes back where the text has none any more. With errors the
    /// structure depends on the way that led there: such a tree is good for asking again, and for nothing else.
    [[nodiscard]] std::shared_ptr<const Tree> stillWrong(const QByteArray &source, const Tree &previous);

private:
    [[nodiscard]] TSTree *parsed(const QByteArray &source, Language language, const TSTree *old);
    [[nodiscard]] std::shared_ptr<const Tree> upon(const QByteArray &source, const Tree &previous);

    TSParser *m_parser;
};

} // namespace paddock::syntax

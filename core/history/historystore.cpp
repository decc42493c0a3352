// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/historystore.h"

#include "history/historywriter.h"

namespace paddock::history {

HistoryStore::HistoryStore(QString file, Limits limits, QObject *parent)
    : QObject(parent), m_file(std::move(file)), m_writer(new HistoryWriter(m_file, limits))
{
    m_thread.setObjectName(QStringLiteral("history"));
    m_writer->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_writer, &QObject::deleteLater);
    connect(m_writer, &HistoryWriter::opened, this, &HistoryStore::opened);
    connect(m_writer, &HistoryWriter::written, this, &HistoryStore::written);
    connect(m_writer, &HistoryWriter::problem, this, &HistoryStore::problem);
    connect(m_writer, &HistoryWriter::ended, this, &HistoryStore::ended);
    m_thread.start();
}

HistoryStore::~HistoryStore()
{
    QMetaObject::invokeMethod(m_writer, [writer = m_writer] { writer->flush(); });
    m_thread.quit(); // after what is queued before it
    m_thread.wait();
}

void HistoryStore::setMasker(const logs::SecretMasker &masker)
{
    QMetaObject::invokeMethod(m_writer, [writer = m_writer, masker] { writer->setMasker(masker); });
}

void HistoryStore::begin(const QString &root, const QString &name)
{
    QMetaObject::invokeMethod(m_writer, [writer = m_writer, root, name] { writer->begin(root, name); });
}

void HistoryStore::put(const session::ChangeRecord &record)
{
    if (!m_isEnded)
        QMetaObject::invokeMethod(m_writer, [writer = m_writer, record] { writer->put(record); });
}

void HistoryStore::put(const session::JobRecord &job)
{
    if (!m_isEnded)
        QMetaObject::invokeMethod(m_writer, [writer = m_writer, job] { writer->put(job); });
}

void HistoryStore::put(const session::JournalEntry &entry)
{
    if (!m_isEnded)
        QMetaObject::invokeMethod(m_writer, [writer = m_writer, entry] { writer->put(entry); });
}

void HistoryStore::end()
{
    if (!std::exchange(m_isEnded, true))
        QMetaObject::invokeMethod(m_writer, [writer = m_writer] { writer->end(); });
}

} // namespace paddock::history
